import { OperationError } from "../../../components/shared/errors";
import { cacheRoot } from "../../../toolchain/cache";
import { inspectEngine } from "../../../toolchain/docker/engine";
import { checkStack } from "../check-stack";
import { projectRoot } from "../project";
import { print, printJson } from "../say";
import { table } from "../table";
import { checkDocker } from "./docker";
import type { Finding } from "./finding";
import { checkDisk, checkMemory } from "./machine";
import { checkPort } from "./port";
import { checkGo, checkNode, checkNpm, checkSsh } from "./programs";
import { checkRoom } from "./room";
import { checkStacks, checkState, stacksElsewhere, stacksOf } from "./stacks";
import { checkTools } from "./tools";

/** Looks at the machine and reports what was found. */
export async function doctor(json: boolean, root = projectRoot): Promise<void> {
  report(await examine(root), json);
}

/** Prints what was found; throws an OperationError that names what fails. */
export function report(findings: readonly Finding[], json: boolean): void {
  if (json) printJson({ healthy: isHealthy(findings), findings });
  else print(renderFindings(findings));
  const failed = findings.filter(({ status }) => status === "fail");
  if (failed.length > 0)
    throw new OperationError(`${failed.length} of ${findings.length} checks failed: ${names(failed)}`);
}

const names = (findings: readonly Finding[]): string => findings.map(({ name }) => name).join(", ");

export const isHealthy = (findings: readonly Finding[]): boolean =>
  findings.every(({ status }) => status !== "fail");

async function examine(root: string): Promise<Finding[]> {
  const ports = proxyPorts(root);
  const elsewhere = stacksElsewhere(root);
  const here = stacksOf(root).filter((stack) => !elsewhere.includes(stack));
  const [tools, engine, npm, cache, images, ...portFindings] = await Promise.all([
    checkTools(root),
    inspectEngine(),
    checkNpm(),
    checkDisk("tools", cacheRoot()),
    checkDisk("containers", "/var/lib/docker"),
    ...ports.map((port) => checkPort(port, "dev")),
  ]);
  return [
    checkNode(),
    npm,
    await checkGo(tools.mustBuild),
    checkDocker(engine),
    ...(await checkSsh(elsewhere)),
    cache,
    images,
    ...(await checkRoom(
      root,
      here.map((stack) => ({ stack })),
    )),
    checkMemory(),
    ...portFindings,
    ...tools.findings,
    checkState(root),
    ...(await checkStacks(root)),
  ];
}

/** The ports of `dev`, as its file says or as `init` would write. */
function proxyPorts(root: string): number[] {
  try {
    const { proxy } = checkStack(root, "dev", { missing: "warn" }).settings;
    return [proxy.httpPort, proxy.httpsPort];
  } catch {
    return [8080, 8443];
  }
}

export function renderFindings(findings: readonly Finding[]): string {
  const rows = findings.map(({ name, status, detail, mend }) => [
    status,
    name,
    mend === undefined ? detail : `${detail}: ${mend}`,
  ]);
  return table(["", "CHECK", "FINDING"], rows);
}
