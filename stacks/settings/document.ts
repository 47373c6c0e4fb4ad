import { z } from "zod";
import { codes } from "./codes";
import { stackConfig } from "./schema";

interface Row {
  readonly key: string;
  readonly description: string;
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}

function rows(schema: unknown, prefix: string): Row[] {
  const here = unwrap(schema);
  const below = (name: string, inner: unknown): Row[] => {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    const description = inner instanceof z.ZodType ? (inner.description ?? "") : "";
    return [...(description === "" ? [] : [{ key, description }]), ...rows(inner, key)];
  };
  if (here instanceof z.ZodObject)
    return Object.entries(here.shape).flatMap(([name, inner]) => below(name, inner));
  if (here instanceof z.ZodRecord && unwrap(here.valueType) instanceof z.ZodObject)
    return rows(here.valueType, `${prefix}.<name>`);
  return [];
}

/** docs/configuration.md, from the schema that checks the configuration. */
export function renderConfigurationPage(): string {
  return [
    "# Configuration",
    "",
    "What a system is stands in `stacks/systems`; how big it is and where it runs in one environment stands in",
    "`Pulumi.<stack>.yaml`, under `backline:`. Every key is optional. Quantities have units: memory `512Mi` or `2Gi`, times",
    "`500ms`, `30s`, `5m`, `8h` or `15d`, CPU in cores (`0.5`). `./backline check <stack>` checks a file without touching",
    "anything.",
    "",
    "```yaml",
    "config:",
    "  backline:domain: example.com",
    "  backline:host:",
    "    address: 203.0.113.10",
    "  backline:services:",
    "    api:",
    "      replicas: 3",
    "      memory: 768Mi",
    "```",
    "",
    "| key | meaning |",
    "| --- | --- |",
    ...rows(stackConfig, "").map(
      ({ key, description }) => `| \`${key}\` | ${description.replaceAll("|", "\\|")} |`,
    ),
    "",
    "This page is made from `stacks/settings/schema.ts`; after a change there, `UPDATE_GOLDEN=1 npx vitest run --project golden` writes it anew.",
    "",
  ].join("\n");
}

/** docs/errors.md, from the table of codes. */
export function renderErrorsPage(): string {
  return [
    "# Errors in the configuration",
    "",
    "Every mistake is reported at once, before anything is touched, by `check`, `preview` and `up`, which then end with exit",
    "code 2. A line begins with the file and the key, and says the value, the rule and what to write instead:",
    "",
    "```",
    'Pulumi.staging.yaml: services.api.memory: "2" has no unit; write "2Gi" or "2048Mi"',
    "```",
    "",
    "`./backline check <stack> --json` adds the code of each, which stays the same from version to version. What fails later,",
    "while something runs, is in [faults.md](faults.md).",
    "",
    "| code | meaning |",
    "| --- | --- |",
    ...Object.entries(codes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    "",
  ].join("\n");
}
