/** Rejects with `late` when `work` has not settled after `milliseconds`. The work itself goes on. */
export async function within<T>(milliseconds: number, work: Promise<T>, late: string | Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(typeof late === "string" ? new Error(late) : late), milliseconds);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
