/** The services as they are deployed: one file a process, which starts in a fraction of the time that the sources take. */
import { join } from "node:path";
import { type BundleSource, bundle } from "../../components/images/bundle";
import type { ServiceName } from "../../services/contract/environment";

/** A process, or the operators' program, which comes with the worker. */
export type Program = ServiceName | "operations";

const root = join(import.meta.dirname, "..", "..");
const main = (service: Program) => `services/${service}/main.ts`;

/** What stacks/bundles.ts makes of them, which cannot be imported here: it loads Pulumi's SDK. */
const sources: Readonly<Record<Program, Pick<BundleSource, "entries" | "folders">>> = {
  api: {
    entries: { main: main("api"), "password-worker": "services/runtime/passwords/worker.ts" },
    folders: {},
  },
  ws: { entries: { main: main("ws") }, folders: {} },
  worker: { entries: { main: main("worker") }, folders: {} },
  operations: { entries: { main: main("operations") }, folders: {} },
  migrations: { entries: { main: main("migrations") }, folders: { migrations: "services/migrations" } },
};

const made = new Map<Program, Promise<string>>();

/** Path of the file that Node.js runs; each is made once a process. */
export function programFile(program: Program): Promise<string> {
  const file =
    made.get(program) ??
    bundle({ name: `test-${program}`, ...sources[program] }, "none", root).then(({ directory }) =>
      join(directory, "app", "main.cjs"),
    );
  made.set(program, file);
  return file;
}
