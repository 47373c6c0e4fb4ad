import type { Client } from "../client";
import { eventually } from "../client";
import type { Load } from "../load/load";
import type { RolloutStack, StackLoad } from "./stack";

/** A stack of a test's own, and the load on it that counts what its users notice. */
export class LoadedStack {
  #load: Load | undefined;
  #client: Client | undefined;

  constructor(
    readonly stack: RolloutStack,
    private readonly options: StackLoad,
  ) {}

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
    this.#load = await this.stack.startLoad(this.options);
  }

  async remove(): Promise<void> {
    this.#load?.kill();
    await this.stack.remove();
  }

  /** Whether every client follows its room. */
  async areAllBack(): Promise<boolean> {
    return (await this.load.joined()) === this.options.clients;
  }

  async allBack(): Promise<void> {
    await eventually("all clients to be back", async () => ((await this.areAllBack()) ? true : undefined));
  }
}
