import { expect } from "vitest";
import { eventually } from "../client";
import type { Span } from "../load/protocol";
import { LoadedStack } from "../rollout/loaded-stack";
import { report } from "../rollout/rig";
import { RolloutStack } from "../rollout/stack";
import { SmallDisk } from "./disk";

/** Name of the stack, and of all that it is made of. */
export const stackName = "e2e-faults";

/** WebSocket clients of the load. */
const clients = 20;

/** What the API says while a store that a request needs is away. */
const unavailable = /^503: .*"code":"store_unavailable"/;

/** A stack of its own, on ports of its own, whose stores have a small disk, and a load that counts what each fault costs. */
export class FaultRig extends LoadedStack {
  readonly #mounted: { disk: SmallDisk | undefined };

  constructor() {
    const mounted: { disk: SmallDisk | undefined } = { disk: undefined };
    super(
      new RolloutStack({
        ...{ stack: stackName, httpPort: 48080, httpsPort: 48443 },
        prepare: async () => {
          mounted.disk = await SmallDisk.mount(stackName, ["postgres", "redis"]);
        },
      }),
      { requestsPerSecond: 50, connections: 10, clients, clientsPerRoom: 10, messageInterval: 2_000 },
    );
    this.#mounted = mounted;
  }

  /** Where the stores keep their data. */
  get disk(): SmallDisk {
    if (this.#mounted.disk === undefined) throw new Error("there is no disk");
    return this.#mounted.disk;
  }

  override async remove(): Promise<void> {
    try {
      await super.remove();
    } finally {
      await this.#mounted.disk?.remove();
    }
  }

  /** The one container of a service. */
  async container(service: string): Promise<string> {
    const { id } = (await this.stack.containers(service))[0] ?? { id: "" };
    expect(id, `there is no ${service}`).not.toBe("");
    return id;
  }

  /** Waits until all requests of two seconds are answered and every client follows its room, `seconds` at most. */
  async serves(since: number, seconds: number): Promise<number> {
    await eventually(
      "everything to work again",
      async () => {
        const now = Date.now();
        if (now - since < 2_000 || !(await this.areAllBack())) return undefined;
        const { answered, failures } = await this.load.span(now - 2_000, now);
        return answered > 20 && failures.length === 0 ? true : undefined;
      },
      seconds,
    );
    return Date.now();
  }

  /** What came of a fault: requests that need what is away are told so, and no other one notices. */
  async expectOnlyUnavailable(what: string, began: number): Promise<Span> {
    const ended = Date.now();
    const span = await this.load.span(began, ended);
    report(what, { began, ended }, span);
    expect(span.failures.filter(({ reason }) => !unavailable.test(reason))).toEqual([]);
    expect(span.failures.filter(({ path }) => path === "/health")).toEqual([]);
    return span;
  }
}
