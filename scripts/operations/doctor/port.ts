import { portState } from "../ports";
import { type Finding, fail, ok, warn } from "./finding";

/** Whether a port that the proxy of a stack on this machine publishes can be had. */
export async function checkPort(port: number, stack: string): Promise<Finding> {
  const name = `port ${port}`;
  const state = await portState(port, stack);
  switch (state.is) {
    case "free":
      return ok(name, "free");
    case "own":
      return ok(name, `held by the stack ${stack} (${state.container})`);
    case "forbidden":
      return warn(
        name,
        "only root may listen on it",
        `write a port from 1024 on under backline:proxy in Pulumi.${stack}.yaml; Docker itself may use it`,
      );
    case "taken":
      return fail(
        name,
        `held by ${state.holder}`,
        `end it, or write another port under backline:proxy in Pulumi.${stack}.yaml`,
      );
  }
}
