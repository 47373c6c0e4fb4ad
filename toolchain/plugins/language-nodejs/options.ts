import * as z from "zod/mini";
import { splitWords } from "./words";

const schema = z.object({
  typescript: z._default(z.boolean({ error: "must be true or false" }), true),
  tsconfig: z.optional(z.string({ error: "must be a string" })),
  nodeargs: z._default(z.string({ error: "must be a string" }), ""),
  packagemanager: z._default(
    z.enum(["auto", "npm", "yarn", "pnpm", "bun"], {
      error: 'must be "auto", "npm", "yarn", "pnpm" or "bun"',
    }),
    "auto",
  ),
});

/** `runtime.options` of Pulumi.yaml, as the official language host understands them. */
export interface RuntimeOptions {
  /** Let the SDK register ts-node. Default: true. */
  readonly typescript: boolean;
  /** Path of the tsconfig.json that ts-node uses. */
  readonly tsconfig?: string;
  /** Arguments for Node.js itself, split as a shell would. Default: none. */
  readonly nodeargs: readonly string[];
  /** What `pulumi install` runs. Default: "auto", which looks at the lock file. */
  readonly packagemanager: "auto" | "npm" | "yarn" | "pnpm" | "bun";
}

/**
 * Reads the options of a program.
 * @throws Error that names the option, when one has the wrong type.
 */
export function parseOptions(options: Readonly<Record<string, unknown>>): RuntimeOptions {
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new Error(`Pulumi.yaml: runtime.options.${problems.join("; ")}`);
  }
  const { typescript, tsconfig, nodeargs, packagemanager } = parsed.data;
  return {
    typescript,
    nodeargs: splitWords(nodeargs),
    packagemanager,
    ...(tsconfig === undefined ? {} : { tsconfig }),
  };
}
