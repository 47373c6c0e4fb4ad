import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { Problem } from "../../contract/problems";
import type { Passwords, Work } from "./passwords";

/** Milliseconds without work after which the thread ends: each hash leaves 19 MiB to it, which it would keep. */
const idleTime = 10_000;

/** Callers that may wait for the thread: at some 50 ms each the last of them waits about 3 s. */
const longestQueue = 64;

interface Waiting {
  readonly resolve: (result: string | boolean) => void;
  readonly reject: (error: Error) => void;
}

const reply = z.object({
  id: z.number(),
  result: z.union([z.string(), z.boolean()]).optional(),
  error: z.string().optional(),
});

/** Beside the process' own file where the service is bundled; otherwise from source, which the thread must be told. */
function startThread(): Worker {
  if (typeof __dirname === "string") return new Worker(join(__dirname, "password-worker.cjs"));
  const source = JSON.stringify(new URL("worker.ts", import.meta.url).href);
  const load = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${source}, ${source}))`;
  return new Worker(load, { eval: true });
}

/**
 * Hashes on a thread of its own, one password after the other, so that requests go on meanwhile. With more than
 * 64 callers waiting it refuses with `rate_limited`. A thread that ends is replaced, and one without work is ended.
 */
export function createPasswordPool(start: () => Worker = startThread, idle = idleTime): Passwords {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let closed = false;
  let worker: Worker | undefined;
  let rest: NodeJS.Timeout | undefined;

  /** Ends the thread when it has had nothing to do for a while. */
  const endLater = (): void => {
    clearTimeout(rest);
    rest = setTimeout(() => {
      const ended = worker;
      worker = undefined;
      void ended?.terminate();
    }, idle).unref();
  };
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const running = (): Worker => {
    if (worker !== undefined) return worker;
    const started = start();
    worker = started;
    started.unref();
    started.on("message", (message: unknown) => {
      const { id, result, error } = reply.parse(message);
      const caller = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) endLater();
      if (result === undefined) caller?.reject(new Error(error ?? "the password could not be hashed"));
      else caller?.resolve(result);
    });
    const gone = (reason: unknown): void => {
      // An error is followed by an exit, when another thread may be at work already.
      if (worker !== started) return;
      worker = undefined;
      failAll(new Error("the thread that hashes passwords has ended", { cause: reason }));
    };
    started.on("error", gone);
    started.on("exit", gone);
    return started;
  };
  const ask = (work: Work): Promise<string | boolean> => {
    if (closed) return Promise.reject(new Error("the thread that hashes passwords was ended"));
    if (waiting.size >= longestQueue) {
      const detail = "Too many passwords are being checked at the moment; try again in a few seconds.";
      return Promise.reject(new Problem("rate_limited", detail, { retryAfter: 2 }));
    }
    return new Promise((resolve, reject) => {
      clearTimeout(rest);
      last += 1;
      waiting.set(last, { resolve, reject });
      running().postMessage({ id: last, work });
    });
  };

  return {
    hash: async (password) => z.string().parse(await ask({ do: "hash", password })),
    verify: async (password, hash) => z.boolean().parse(await ask({ do: "verify", password, hash })),
    async close() {
      closed = true;
      clearTimeout(rest);
      await worker?.terminate();
    },
  };
}
