import { listContainers, type StackContainer } from "../../scripts/operations/docker";
import { say } from "../../scripts/operations/say";
import { openSession, type Session } from "../../scripts/operations/session";
import { remains } from "../../tests/support/backline";
import { Checkout } from "../../tests/support/checkout";

const stack = "bench-stack";

/** The settings of `dev`, with ports of its own. */
const settings = [
  "config:",
  "  backline:system: audifi",
  "  backline:domain: audifi.localhost",
  "  backline:proxy:",
  "    httpPort: 19080",
  "    httpsPort: 19443",
  "    certificates: internal",
  "",
].join("\n");

/** A stack like `dev` in a copy of the project, run by `./backline` as a user does. */
export class DeployedStack {
  #checkout: Checkout | undefined;

  get #made(): Checkout {
    if (this.#checkout === undefined) throw new Error("the stack was not prepared");
    return this.#checkout;
  }

  /** Removes everything of the stack, its copy of the project included, and initialises it in a new copy. */
  async prepare(): Promise<void> {
    await this.remove();
    this.#checkout = new Checkout(stack);
    this.#checkout.configure(settings);
    await this.run("init");
    // What an earlier measurement may have left that was killed.
    await this.run("destroy", "--yes", "--delete-data");
    const left = Object.values(await remains(stack)).flat();
    if (left.length > 0) throw new Error(`there is something of the stack already: ${left.join(", ")}`);
  }

  /** @throws Error with what the command wrote, if it fails. */
  async run(command: string, ...args: string[]): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#made.backline(command, ...args);
    if (exitCode !== 0) throw new Error(`./backline ${command} ${stack} failed: ${stdout}\n${stderr}`);
  }

  /** Deploys a stack of which nothing was there. */
  async deploy(): Promise<void> {
    say("deploying a stack");
    await this.prepare();
    await this.up();
  }

  up(): Promise<void> {
    return this.run("up", "--yes");
  }

  session(): Promise<Session> {
    return openSession({ root: this.#made.root, stack });
  }

  containers(): Promise<StackContainer[]> {
    return listContainers({ stack });
  }

  /** Removes the stack with its data, and the copy of the project. */
  async remove(): Promise<void> {
    if (this.#checkout === undefined) return;
    await this.#checkout.backline("destroy", "--yes", "--delete-data");
    this.#checkout.remove();
    this.#checkout = undefined;
  }
}
