import { expect } from "vitest";
import { type Client, eventually } from "../client";
import type { Load } from "../load/load";
import type { Span } from "../load/protocol";
import { report } from "../rollout/rig";
import { RolloutStack } from "../rollout/stack";
import { SmallDisk } from "./disk";

/** Name of the stack, and of all that it is made of. */
export const stackName = "e2e-faults";

/** WebSocket clients of the load. */
const clients = 20;

/** What the API says while a store that a request needs is away. */
const unavailable = /^503: .*"code":"store_unavailable"/;

/** A stack of its own, on ports of its own, and a load on it that counts what each fault costs. */
export class FaultRig {
  readonly stack = new RolloutStack({
    ...{ stack: stackName, httpPort: 48080, httpsPort: 48443 },
    prepare: async () => {
      this.#disk = await SmallDisk.mount(stackName, ["postgres", "redis"]);
    },
  });
  #disk: SmallDisk | undefined;
  #load: Load | undefined;
  #client: Client | undefined;

  /** Where the stores keep their data. */
  get disk(): SmallDisk {
    if (this.#disk === undefined) throw new Error("there is no disk");
    return this.#disk;
  }

  get load(): Load {
    if (this.#load === undefined) throw new Error("the load has not begun");
    return this.#load;
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error("nothing is deployed");
    return this.#client;
  }

  async start(): Promise<void> {
    await this.stack.create();
    this.#client = await this.stack.client();
    this.#load = await this.stack.startLoad({
      requestsPerSecond: 50,
      connections: 10,
      clients,
      clientsPerRoom: 10,
      messageInterval: 2_000,
    });
  }

  async remove(): Promise<void> {
    this.#load?.kill();
    try {
      await this.stack.remove();
    } finally {
      await this.#disk?.remove();
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
        if (now - since < 2_000 || (await this.load.joined()) < clients) return undefined;
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
