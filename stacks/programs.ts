import type { BundleSource } from "../components/images/bundle";
import type { ServiceName } from "../services/contract/environment";

type Program = Pick<BundleSource, "entries" | "folders">;

const main = (source: ServiceName): string => `services/${source}/main.ts`;
const probe = "services/runtime/probe.ts";

/** What is bundled of each process: a file for each entry. Imports nothing that a deployment needs, so that tests can, too. */
export const programs: Readonly<Record<ServiceName, Program>> = {
  api: {
    entries: { main: main("api"), probe, "password-worker": "services/runtime/passwords/worker.ts" },
    folders: {},
  },
  ws: { entries: { main: main("ws"), probe }, folders: {} },
  // What operators do is run where the worker's secrets are.
  worker: {
    entries: { main: main("worker"), probe, operations: "services/operations/main.ts" },
    folders: {},
  },
  migrations: { entries: { main: main("migrations") }, folders: { migrations: "services/migrations" } },
};
