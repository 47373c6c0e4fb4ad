import { InputError } from "../../../components/shared/errors";
import { print } from "../say";
import { failureComment } from "./markdown";
import { hiddenOf, printable } from "./printable";

/** Runs something whose result is a comment. What goes wrong is one too, and is thrown on: the exit code tells of it. */
export async function orFailureComment<T>(
  kind: "preview" | "drift",
  { root, stack }: { readonly root: string; readonly stack: string },
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const text = String(printable(message, hiddenOf(root)));
    print(failureComment(kind, stack, text, error instanceof InputError ? "input" : "run"));
    throw error;
  }
}
