import { OperationError } from "../components/shared/errors";
import { installPackages, refreshPackageLists } from "./docker/packages";
import { findProgram } from "./docker/programs";
import type { Progress } from "./progress";

/** Programs that reach a host which is another machine. */
const programs = ["ssh", "ssh-keygen", "ssh-keyscan"] as const;

type Find = (name: string) => string | undefined;

/**
 * What is installed where one of OpenSSH's programs is missing, as one sentence; none where all are there.
 * @throws OperationError where there is no apt-get to install them with.
 */
export function planSsh(find: Find = findProgram): string[] {
  const missing = programs.filter((name) => find(name) === undefined);
  if (missing.length === 0) return [];
  if (find("apt-get") === undefined)
    throw new OperationError(
      `there is no ${missing.join(", ")} on PATH, which reaches a host; install OpenSSH's client`,
    );
  return [`Install OpenSSH's client (openssh-client) with apt-get, for ${missing.join(", ")}.`];
}

/** Installs OpenSSH's client where it is missing. The caller has shown `planSsh` and asked. */
export async function ensureSsh(progress: Progress): Promise<void> {
  if (planSsh().length === 0) return;
  await progress.task("OpenSSH's client: install", async (report) => {
    await refreshPackageLists(report);
    await installPackages(["openssh-client"], report);
  });
}
