import type { Measurement } from "./measure";
import { measureGet, measurePost } from "./services/api";
import { measureJobs } from "./services/jobs";
import { startDeployment } from "./services/processes";
import { measureFanOut, measureIdle } from "./services/sockets";

/** Parts that can be measured alone. */
export const parts = ["get", "post", "fan-out", "jobs", "memory"] as const;
export type Part = (typeof parts)[number];

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The bundled services beside the libraries that they are made of, both as processes of their own on the same stores. */
export async function measureServices(
  chosen: readonly Part[],
  { runs, profiles }: { readonly runs: number; readonly profiles?: string | undefined },
): Promise<Measurement[]> {
  say("starting PostgreSQL, Redis and the API");
  const deployment = await startDeployment({ profiles });
  try {
    const api = await deployment.service("api");
    const measurements: Measurement[] = [];
    for (const part of chosen) {
      say(`measuring ${part}`);
      if (part === "get") measurements.push(await measureGet(deployment, api, runs));
      if (part === "post") measurements.push(await measurePost(deployment, api, runs));
      if (part === "fan-out") measurements.push(await measureFanOut(deployment, api, runs));
      if (part === "jobs") measurements.push(await measureJobs(deployment, runs));
      if (part === "memory") measurements.push(await measureIdle(deployment, api));
    }
    return measurements;
  } finally {
    await deployment.remove();
  }
}
