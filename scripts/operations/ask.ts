import { createInterface } from "node:readline/promises";
import { InputError } from "../../components/shared/errors";

/** Refuses a command that would ask where nobody can answer. */
export function requireAnswer(command: string, yes: boolean): void {
  if (yes || process.stdin.isTTY) return;
  throw new InputError([
    {
      code: "no-terminal",
      file: "",
      path: "",
      message: `${command} asks before it changes anything, and there is no terminal to ask on; give --yes to agree beforehand`,
    },
  ]);
}

/** Asks on standard error; only `y` and `yes` agree. */
export async function ask(question: string): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}
