import { expect, it } from "vitest";
import { startDockerApi } from "./docker-api";
import { expectWhole } from "./engine";
import type { FaultRig } from "./rig";

const creation = /^(?:\/v[\d.]+)?\/containers\/create\b/;

/** What Docker says, by the status with which it says it. */
const refusals = {
  429: "too many requests, slow down",
  500: "the storage driver is away",
} as const;

/** Containers that are made before Docker fails. */
const made = 1;

export function describeProvider(rig: FaultRig): void {
  const { stack } = rig;

  const containers = async (): Promise<string[]> =>
    (await Promise.all(["api", "worker"].map((service) => stack.containers(service))))
      .flat()
      .map(({ id }) => id);

  it.each([429, 500] as const)(
    "answers %i half-way: what is made is kept, nobody notices, and the next update makes the rest, once",
    async (status) => {
      const before = await containers();
      stack.release("api", `stopped by ${status}`);
      stack.release("worker", `stopped by ${status}`);
      let asked = 0;
      const api = await startDockerApi((method, path) => {
        if (method !== "POST" || !creation.test(path) || !/[?&]name=[a-z0-9-]+-(api|worker)-\d/.test(path))
          return undefined;
        asked += 1;
        return asked <= made ? undefined : { status, message: refusals[status] };
      });
      const began = Date.now();
      const failed = await stack.deploy({ DOCKER_HOST: api.endpoint }).finally(() => api.close());
      expect(failed, failed.stderr).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(refusals[status]),
      });
      expect(asked).toBeGreaterThan(made);
      const between = await containers();
      const kept = between.filter((id) => !before.includes(id));
      expect(kept).toHaveLength(made);
      expect(between.filter((id) => before.includes(id))).toEqual(before);
      expect(await stack.status()).toMatchObject({ lastUpdate: "failed" });

      const next = await stack.deploy();
      expect(next, next.stderr).toMatchObject({ exitCode: 0 });
      const after = await containers();
      expect(after).toHaveLength(before.length);
      expect(after.filter((id) => before.includes(id))).toEqual([]);
      expect(after).toEqual(expect.arrayContaining(kept));
      await expectWhole(rig);
      expect((await rig.load.span(began)).failures).toEqual([]);
    },
  );
}
