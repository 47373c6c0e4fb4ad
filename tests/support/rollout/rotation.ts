import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { eventually } from "../client";
import { secretsIn } from "../secrets";
import { type RolloutRig, report } from "./rig";
import type { Deploy } from "./stack";

/** What says that a store has let somebody in. */
const welcome = { postgres: "1", redis: "PONG" } as const;
type StoreName = keyof typeof welcome;

/** What each store is asked, with a password from standard input. */
const questions: Readonly<Record<StoreName, (user: string) => string>> = {
  postgres: (user) =>
    `read -r PGPASSWORD; export PGPASSWORD; psql --host=127.0.0.1 --username=${user} --dbname=audifi --tuples-only --no-align --command='SELECT 1' 2>&1`,
  redis: () => "read -r REDISCLI_AUTH; export REDISCLI_AUTH; redis-cli ping 2>&1",
};

/** The services' roles, one of which is in use. */
const roles = ["backline", "backline_alternate"];

export function describeRotation(rig: RolloutRig): void {
  const { stack } = rig;

  const idOf = async (store: StoreName): Promise<string> => {
    const found = (await stack.containers(store)).find(({ name }) =>
      new RegExp(`-${store}-[0-9a-f]+$`).test(name),
    );
    if (found === undefined) throw new Error(`there is no ${store}`);
    return found.id;
  };

  /** Whether a store lets in who has a password, as any of the users that the services can be. */
  const letsIn = async (store: StoreName, password: string): Promise<boolean> => {
    const id = await idOf(store);
    const ask = async (user: string): Promise<boolean> => {
      const words = ["exec", "--interactive", id, "sh", "-c", questions[store](user)];
      const { stdout } = await execa("docker", words, { input: `${password}\n`, reject: false });
      return stdout.trim().split("\n").at(-1) === welcome[store];
    };
    const answers = await Promise.all((store === "postgres" ? roles : ["default"]).map(ask));
    return answers.includes(true);
  };

  /**
   * Whether a store at one time lets in who has the old value and who has the new one, while a rotation runs: a replica of
   * before may need a new connection at any moment, and a load does not make it need one.
   */
  const letsInBoth = async (
    name: string,
    store: StoreName,
    old: string,
    rotation: Promise<unknown>,
  ): Promise<boolean> => {
    let over = false;
    rotation.finally(() => {
      over = true;
    });
    let next: string | undefined;
    return eventually(
      "the rotation to end",
      async () => {
        if (over) return false;
        if (stack.phaseOf(name) !== "used") return undefined;
        next ??= (await stack.secrets())[name] ?? "";
        return (await letsIn(store, next)) && (await letsIn(store, old)) ? true : undefined;
      },
      900,
    );
  };

  /** No request failed, and no connection was closed more often than services were rolled. */
  const expectNothingLost = async (what: string, times: Deploy, rollouts: number): Promise<void> => {
    await rig.allBack();
    const span = await rig.load.span(times.began);
    report(what, times, span);
    expect(span.answered).toBeGreaterThan(0);
    expect(span.failures).toEqual([]);
    expect(span.closes.filter(({ code }) => code !== 1012)).toEqual([]);
    const closes: Record<string, number> = {};
    for (const { client } of span.closes) closes[client] = (closes[client] ?? 0) + 1;
    expect(Math.max(0, ...Object.values(closes))).toBeLessThanOrEqual(rollouts);
  };

  const expectDone = (rotation: Deploy): void =>
    expect(rotation, `${rotation.stdout}\n${rotation.stderr}`).toMatchObject({ exitCode: 0 });

  describe("a rotation under load", () => {
    it.each([
      ["postgresPassword", "postgres"],
      ["redisPassword", "redis"],
    ] as const)(
      "of %s fails no request and restarts no store, and the old value is refused",
      async (name, store) => {
        const [before, container] = [await stack.secrets(), await idOf(store)];
        const old = before[name] ?? "";
        expect(await letsIn(store, old)).toBe(true);
        const running = stack.rotate(name);
        const both = await letsInBoth(name, store, old, running);
        const rotation = await running;
        expectDone(rotation);
        expect(both).toBe(true);
        await expectNothingLost(`rotation of ${name}`, rotation, 1);
        const after = await stack.secrets();
        expect(Object.keys(after).filter((key) => after[key] !== before[key])).toEqual([name]);
        expect(await letsIn(store, old)).toBe(false);
        expect(await letsIn(store, after[name] ?? "")).toBe(true);
        expect(await idOf(store)).toBe(container);
        expect(secretsIn(`${rotation.stdout}\n${rotation.stderr}`, { ...before, ...after, old })).toEqual([]);
      },
    );

    it("that was killed between its phases serves on, and the next run completes it with the same value", async () => {
      const old = (await stack.secrets()).redisPassword ?? "";
      const began = Date.now();
      const first = stack.startRotation("redisPassword");
      await eventually(
        "the old value to be about to go",
        async () => (stack.phaseOf("redisPassword") === "ended" ? true : undefined),
        300,
      );
      first.kill("SIGKILL");
      await first;
      const next = (await stack.secrets()).redisPassword ?? "";
      expect(next).not.toBe(old);
      expect(await letsIn("redis", next)).toBe(true);
      // The engine of the killed run may still be at work, and is respected.
      const second = await eventually(
        "the rotation to be completed",
        async () => {
          const run = await stack.rotate("redisPassword");
          return run.exitCode === 0 ? run : undefined;
        },
        300,
      );
      expect(stack.phaseOf("redisPassword")).toBeUndefined();
      expect((await stack.secrets()).redisPassword).toBe(next);
      expect(await letsIn("redis", old)).toBe(false);
      await expectNothingLost("rotation that was killed", { ...second, began }, 1);
    });

    it("of everything fails no request, and what the old key has signed is accepted for as long as it is valid", async () => {
      const before = await stack.secrets();
      const guest = await rig.client.request(`${stack.api}/v1/auth/guest`, {
        method: "POST",
        body: { name: "Ada" },
      });
      const token = String(Object(guest.body).token);
      const rotation = await stack.rotate();
      expectDone(rotation);
      await expectNothingLost("rotation of everything", rotation, 2);
      const after = await stack.secrets();
      expect(Object.keys(after).filter((key) => after[key] === before[key])).toEqual(["nameKey"]);
      expect(await rig.client.request(`${stack.api}/v1/me`, { token })).toMatchObject({ status: 200 });
      for (const [store, name] of [
        ["postgres", "postgresPassword"],
        ["redis", "redisPassword"],
      ] as const) {
        expect(await letsIn(store, before[name] ?? "")).toBe(false);
        expect(await letsIn(store, after[name] ?? "")).toBe(true);
      }
      expect(stack.phaseOf("jwtSecret")).toBe("expiring");
    });

    it("leaves nothing for the next deploy to do", async () => {
      const names = async () =>
        Object.values(await stack.remains())
          .flat()
          .sort();
      const before = await names();
      const { began } = await rig.deployWell("deploy after the rotations");
      expect(await rig.load.span(began)).toMatchObject({ failures: [], closes: [] });
      expect(await names()).toEqual(before);
      expect(await stack.status()).toMatchObject({ healthy: true, lastUpdate: "succeeded" });
    });
  });
}
