/**
 * The rules of Mozilla's HTTP Observatory, applied to stored answers. The package is fetched by npm when it is needed
 * and not installed with the others: its install script downloads two lists from places that registry-only networks do
 * not reach, and it depends on a driver that is compiled against PostgreSQL's library.
 */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import type { Answer } from "./served-proxy";

const scanner = {
  name: "@mdn/mdn-http-observatory",
  version: "1.4.8",
  integrity:
    "sha512-0goue3nubqDQuIqLaQWRUa7iNsgTOwIlJdqbiC8sO7PxqwmpdQJo9Q8GCvXkcp7s35yGj9X/RGkZ4iIBZoYHxw==",
};

/** Rules about headers. Two others look at the scripts of a page and at cookies, and need more than an answer. */
const rules = {
  csp: "contentSecurityPolicyTest",
  cors: "crossOriginResourceSharingTest",
  "cross-origin-resource-policy": "crossOriginResourcePolicyTest",
  redirection: "redirectionTest",
  "referrer-policy": "referrerPolicyTest",
  "strict-transport-security": "strictTransportSecurityTest",
  "x-content-type-options": "xContentTypeOptionsTest",
  "x-frame-options": "xFrameOptionsTest",
} as const;

/** What the scanner would have found when it asked a site. */
export interface Stored {
  readonly hostname: string;
  readonly https: Answer;
  /** The answers over HTTP, and the URLs that were followed to the last. */
  readonly http: Answer;
  readonly route: readonly string[];
  /** The answer to a preflight from somebody else's page. */
  readonly preflight: Answer;
}

export interface Verdict {
  readonly score: number;
  /** By rule: what was found. */
  readonly results: Readonly<Record<string, string>>;
  readonly failed: readonly string[];
}

export interface Observatory {
  judge(stored: Stored): Promise<Verdict>;
  remove(): Promise<void>;
}

interface RuleOutput {
  readonly result: string;
  readonly pass: boolean;
}

/** Imports one function of the package. Its modules have no types. */
async function load<T>(directory: string, path: string, name: string): Promise<T> {
  const module: Record<string, T | undefined> = await import(
    pathToFileURL(join(directory, "package", "src", path)).href
  );
  const found = module[name];
  if (found === undefined) throw new Error(`${path} of ${scanner.name} has no ${name}`);
  return found;
}

/** The package, from the registry that npm is set to. */
async function fetchScanner(directory: string): Promise<void> {
  const { stdout } = await execa(
    "npm",
    ["pack", "--silent", "--prefer-offline", "--ignore-scripts", `${scanner.name}@${scanner.version}`],
    { cwd: directory },
  );
  const archive = join(directory, stdout.trim().split("\n").at(-1) ?? "");
  const integrity = `sha512-${createHash("sha512")
    .update(await readFile(archive))
    .digest("base64")}`;
  if (integrity !== scanner.integrity) throw new Error(`${scanner.name} is not what is pinned: ${integrity}`);
  await execa("tar", ["-xzf", archive], { cwd: directory });
  // Names that browsers have built in: none of ours is. The list is what the package's install script downloads.
  await writeFile(join(directory, "package", "conf", "hsts-preload.json"), "{}");
  // The part that asks sites: the rules know it as a type alone, and it needs further packages.
  const asking = join(directory, "package", "src", "retriever", "session.js");
  await writeFile(asking, "export class Session {}\n");
}

export async function openObservatory(): Promise<Observatory> {
  const directory = await mkdtemp(join(tmpdir(), "backline-observatory-"));
  await fetchScanner(directory);
  const modifierOf = await load<(result: string) => number>(
    directory,
    "grader/grader.js",
    "getScoreModifier",
  );
  const leastForExtras = await load<number>(directory, "grader/charts.js", "MINIMUM_SCORE_FOR_EXTRA_CREDIT");
  return {
    judge: async (stored) => {
      const response = ({ status, headers, body }: Answer) => ({
        status,
        headers: Object.defineProperty({ ...headers }, "get", { value: (name: string) => headers[name] }),
        data: body,
        // The chain of a private authority: a public one is part of what is asked of production.
        verified: true,
        httpEquiv: new Map(),
      });
      const requests = {
        hostname: stored.hostname,
        resources: { path: stored.https.body },
        responses: {
          auto: response(stored.https),
          https: response(stored.https),
          http: response(stored.http),
          cors: response(stored.preflight),
          httpRedirects: stored.route.map((url) => ({ url: new URL(url) })),
          httpsRedirects: [],
        },
        session: { url: new URL(`https://${stored.hostname}/`) },
      };
      const outputs = await Promise.all(
        Object.entries(rules).map(async ([name, test]): Promise<[string, RuleOutput]> => {
          const rule = await load<(asked: typeof requests) => RuleOutput>(
            directory,
            `analyzer/tests/${name}.js`,
            test,
          );
          return [name, rule(requests)];
        }),
      );
      const modifiers = outputs.map(([, { result }]) => modifierOf(result));
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      const plain = 100 + sum(modifiers.filter((modifier) => modifier < 0));
      return {
        score: plain >= leastForExtras ? 100 + sum(modifiers) : plain,
        results: Object.fromEntries(outputs.map(([name, { result }]) => [name, result])),
        failed: outputs.flatMap(([name, { pass }]) => (pass ? [] : [name])),
      };
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
