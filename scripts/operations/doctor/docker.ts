import type { EngineState } from "../../../toolchain/docker/engine";
import { obstacle } from "../../../toolchain/docker/plan";
import { type Finding, fail, ok, warn } from "./finding";

/** Docker as it is: reachable, to be installed or started by `up`, or out of Backline's hands. */
export function checkDocker(state: EngineState): Finding {
  const reason = obstacle(state);
  if (reason !== undefined) {
    const [what, ...mend] = reason.split("; ");
    return fail("Docker", what ?? reason, mend.join("; "));
  }
  if (state.reachable) return ok("Docker", `${state.version ?? ""} at ${state.endpoint}`.trim());
  const asking = state.root === "asks" ? ", and asks for the password of sudo" : "";
  return state.installed
    ? warn("Docker", "installed, does not run", `./backline up starts it${asking}`)
    : warn("Docker", "not installed", `./backline up installs it${asking}`);
}
