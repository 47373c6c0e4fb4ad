import { describe, expect, it } from "vitest";
import { eventually } from "../client";
import { type FaultRig, stackName } from "./rig";

/** Moments of an update at which it is ended, as parts of the lines that it writes. */
const moments = Array.from({ length: 10 }, (_, index) => (index + 0.5) / 10);

/** Every container that is promised is there, and no other. */
export async function expectWhole({ stack }: FaultRig): Promise<void> {
  const { containers } = await stack.remains();
  expect(containers).toEqual((await stack.outputs()).containers.map(({ name }) => name).sort());
  expect(await stack.status()).toMatchObject({ healthy: true, lastUpdate: "succeeded" });
}

export function describeEngineFaults(rig: FaultRig): void {
  const { stack } = rig;

  /** An update of two services, and its lines once there are so many of them. */
  function update(name: string) {
    stack.release("api", name);
    stack.release("worker", name);
    const group = stack.start("deploy", "--yes");
    let isOver = false;
    const ended = group.ended.finally(() => {
      isOver = true;
    });
    const written = (lines: number) =>
      eventually(
        `${lines} lines of the update`,
        async () => (isOver || group.lines() >= lines ? true : undefined),
        600,
      );
    return { ...group, ended, written };
  }

  describe("an update that is ended half-way", () => {
    let lines = 0;

    it("writes so many lines otherwise", async () => {
      const whole = update("whole");
      expect(await whole.ended).toBe(0);
      lines = whole.lines();
      expect(lines).toBeGreaterThan(moments.length);
    });

    it.each(moments.map((part, index) => [index % 2 === 0 ? "SIGKILL" : "SIGINT, twice", part] as const))(
      "by %s after %d of its lines is finished by the next one, with nothing twice and nothing left",
      async (how, part) => {
        const began = Date.now();
        const ending = update(`ended after ${part}`);
        await ending.written(Math.ceil(lines * part));
        if (how === "SIGKILL") ending.killAll("SIGKILL");
        else {
          const before = ending.lines();
          ending.killAll("SIGINT");
          // It says that it waits for Pulumi: the second one is then the one that kills.
          await ending.written(before + 1);
          ending.killAll("SIGINT");
        }
        await ending.ended;
        const next = await stack.deploy();
        expect(next, `${next.stdout}\n${next.stderr}`).toMatchObject({ exitCode: 0 });
        await expectWhole(rig);
        expect((await rig.load.span(began)).failures).toEqual([]);
      },
    );
  });

  it("a second update ends within 5 s, names who runs the first, and does not disturb it", async () => {
    const first = update("first of two");
    try {
      await eventually("the first to have the stack", async () => (stack.isHeld() ? true : undefined), 60);
      const { exitCode, stderr, began, ended } = await stack.deploy();
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        new RegExp(
          `the stack ${stackName} is in use: \\S+@\\S+ runs "deploy ${stackName}" \\(process \\d+, since \\S+, [\\w ]+ ago\\)`,
        ),
      );
      // How soon is the promise.
      expect(ended - began).toBeLessThan(5_000);
    } finally {
      // Whatever came of it: nothing can be removed while it works.
      await first.ended;
    }
    expect(await first.ended).toBe(0);
    await expectWhole(rig);
  });
}
