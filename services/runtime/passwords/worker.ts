/** The thread that hashes: see pool.ts. */
import { parentPort } from "node:worker_threads";
import { createArgon2, recommendedCost } from "./argon2";
import type { Work } from "./passwords";

const argon2 = createArgon2(recommendedCost);
// What is made once is made now, so that no caller can tell by the time that theirs was the first unknown address.
void argon2.verify("anything", undefined);

parentPort?.on("message", async ({ id, work }: { id: number; work: Work }) => {
  try {
    const result =
      work.do === "hash" ? await argon2.hash(work.password) : await argon2.verify(work.password, work.hash);
    parentPort?.postMessage({ id, result });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
