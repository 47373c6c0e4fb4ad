import { OperationError } from "../../components/shared/errors";
import type { Way } from "../../toolchain";
import { isLost, lookAtCertificates, sitesOf } from "./certificates";
import { checkStack } from "./check-stack";
import { hasLastUpdateFailed } from "./history";
import { readOutputs } from "./outputs";
import { projectRoot as root } from "./project";
import { reach } from "./reach";
import { Reported } from "./reported";
import { print, printJson } from "./say";
import { openKnownStack } from "./session";
import { renderStatus, type StackStatus, stackStatus } from "./status";

export function printStatus(status: StackStatus, json: boolean): void {
  if (json) printJson(status);
  else print(renderStatus(status));
}

/** Prints the status of a stack; throws an OperationError if something is not healthy, or a site has no certificate. */
export async function status(stack: string, json: boolean, forced: Way | undefined): Promise<void> {
  const { settings } = checkStack(root, stack, { missing: "warn" });
  const session = await openKnownStack({ root, stack, forced });
  const [target, outputs, failed] = await Promise.all([
    reach(settings),
    readOutputs(session),
    hasLastUpdateFailed(session),
  ]);
  const running = await stackStatus(target, outputs, failed ? "failed" : "succeeded");
  const certificates = await lookAtCertificates(sitesOf(running.urls), {
    target,
    address: settings.host.address ?? "127.0.0.1",
    kind: settings.proxy.certificates.kind,
  });
  printStatus({ ...running, certificates }, json);
  // An empty table has said it already.
  if (running.containers.length === 0) throw new Reported();
  if (!running.healthy)
    throw new OperationError(
      `not everything of the stack ${stack} is healthy; ./backline logs ${stack} <service> says more`,
    );
  const lost = certificates.filter(isLost).map(({ hostname }) => hostname);
  if (lost.length > 0)
    throw new OperationError(`without a certificate that clients take: ${lost.join(", ")}`);
}
