/** The services as they are deployed: one file a process, which starts in a fraction of the time that the sources take. */
import { join } from "node:path";
import { bundle } from "../../components/images/bundle";
import type { ServiceName } from "../../services/contract/environment";
import { programs } from "../../stacks/programs";

/** A process, or the operators' program, which comes with the worker. */
export type Program = ServiceName | "operations";

const root = join(import.meta.dirname, "..", "..");

const made = new Map<ServiceName, Promise<string>>();

/** Folder of a process' files; each is made once a process of the tests. */
function folderOf(service: ServiceName): Promise<string> {
  const folder =
    made.get(service) ??
    bundle({ name: `test-${service}`, ...programs[service] }, "none", root).then(({ directory }) =>
      join(directory, "app"),
    );
  made.set(service, folder);
  return folder;
}

/** Path of the file that Node.js runs. */
export async function programFile(program: Program): Promise<string> {
  return program === "operations"
    ? join(await folderOf("worker"), "operations.cjs")
    : join(await folderOf(program), "main.cjs");
}
