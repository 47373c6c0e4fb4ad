import { formatProblem, type Problem } from "../../components/shared/errors";

/** Writes a line about the work to standard error: standard output holds results alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes a result to standard output. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

export function reportWarnings(warnings: readonly Problem[]): void {
  for (const warning of warnings) say(`warning: ${formatProblem(warning)}`);
}
