/** The other end of a process that is asked by the measurement. */

/** Answers each question of the parent process, one after the other. */
export function answerParent<Question>(answer: (question: Question) => Promise<unknown>): void {
  // A profile is written by a process that ends itself.
  process.on("SIGTERM", () => process.exit());
  process.on("message", (question: Question & { type?: string }) => {
    const work = question.type === "are you there?" ? Promise.resolve("yes") : answer(question);
    work.then(
      (result) => process.send?.(result),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}

/** Runs `work` again and again, `atOnce` times at once, for some seconds. How often it was done in a second. */
export async function rate(
  atOnce: number,
  seconds: number,
  work: (turn: number) => Promise<void>,
): Promise<number> {
  const began = performance.now();
  const end = began + seconds * 1_000;
  let done = 0;
  const repeat = async (): Promise<void> => {
    while (performance.now() < end) {
      await work(done);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, repeat));
  return (done * 1_000) / (performance.now() - began);
}
