/** Milliseconds between two looks at what is due. */
const interval = 10;

/**
 * Calls `work` with 0, 1, 2 ... so many times a second, until the function that it answers is called. What is due goes
 * by the clock: a busy moment makes some late, and none fewer.
 */
export function startPace(perSecond: number, work: (turn: number) => void): () => void {
  const began = performance.now();
  let turn = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1_000) * perSecond;
    for (; turn < due; turn += 1) work(turn);
  }, interval);
  return () => clearInterval(timer);
}
