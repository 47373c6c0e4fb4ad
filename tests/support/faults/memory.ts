import { expect, it } from "vitest";
import { docker } from "../backline";
import { eventually } from "../client";
import { amongProcesses } from "../crash";
import { report } from "../rollout/rig";
import type { FaultRig } from "./rig";

/** Says to the kernel that a container's own process is the one to end when its memory is over. */
const markFirst = (container: string): Promise<void> =>
  amongProcesses(container, (pid) => `echo 1000 > /proc/${pid}/oom_score_adj`);

const startedAt = async (rig: FaultRig): Promise<Record<string, string>> => {
  const services = ["api", "ws", "worker", "postgres", "redis", "proxy"];
  const all = (await Promise.all(services.map((service) => rig.stack.containers(service)))).flat();
  const lines = await Promise.all(
    all.map(async ({ id, name }) => [name, await docker("inspect", "--format", "{{.State.StartedAt}}", id)]),
  );
  return Object.fromEntries(lines);
};

export function describeMemory(rig: FaultRig): void {
  it("a container whose memory is over ends alone, and is started again", async () => {
    const [replica] = await rig.stack.containers("api");
    if (replica === undefined) throw new Error("there is no API");
    const before = await startedAt(rig);
    const began = Date.now();
    await markFirst(replica.id);
    const hog = "const all = []; setInterval(() => all.push(Buffer.alloc(64 * 1024 * 1024, 1)), 1)";
    await docker("exec", "--detach", replica.id, "node", "-e", hog);
    await eventually(
      "the container to be started again",
      async () => {
        const restarts = await docker("inspect", "--format", "{{.RestartCount}}", replica.id);
        return restarts === "0" ? undefined : true;
      },
      60,
    );
    const ended = await rig.serves(Date.now(), 30);
    const span = await rig.load.span(began, ended);
    report("an API replica out of memory", { began, ended }, span);
    expect(span.failures.filter(({ method }) => method === "GET")).toEqual([]);
    const { [replica.name]: of, ...others } = before;
    const { [replica.name]: now, ...after } = await startedAt(rig);
    expect(now).not.toBe(of);
    expect(after).toEqual(others);
  });
}
