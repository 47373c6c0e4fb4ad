import { readdirSync, readFileSync } from "node:fs";
import { inShellOf } from "./backline";

/** The decrypted secrets of a stack of a checkout, by name. */
export async function secretsOf(stack: string, checkout?: string): Promise<Record<string, string>> {
  const line = "pulumi config get --path backline:secrets --json";
  const { stdout } = await inShellOf(stack, line, undefined, checkout);
  const parsed: { value: string } = JSON.parse(stdout);
  return JSON.parse(parsed.value);
}

/** Names of the secrets that a text holds, plain or as base64. */
export function secretsIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(
      ([, value]) =>
        text.includes(value) || text.includes(Buffer.from(value).toString("base64").replace(/=+$/, "")),
    )
    .map(([name]) => name);
}

/** Arguments of every process of this machine, as anyone could list them. */
function processArguments(): string {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        // It ended between the two reads.
        return "";
      }
    })
    .join("\n");
}

/** Collects the arguments of all processes, again and again, while `work` runs. */
export async function processArgumentsDuring<T>(
  work: () => Promise<T>,
): Promise<{ result: T; seen: string }> {
  const lines = new Set<string>();
  const collect = () => {
    for (const line of processArguments().split("\n")) lines.add(line);
  };
  const timer = setInterval(collect, 50);
  try {
    const result = await work();
    return { result, seen: [...lines].join("\n") };
  } finally {
    clearInterval(timer);
  }
}
