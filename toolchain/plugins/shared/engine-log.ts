import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { CLIENT_OPTIONS } from "./serve";

/**
 * Sends lines to the engine, in their order, as the passing status of a resource: they are shown while it is
 * worked on and are not kept.
 */
export class EngineLog {
  readonly #client: EngineClient | undefined;
  #pending: { urn: string; text: string }[] = [];
  #sending: Promise<void> | undefined;

  /** @param address Address of the engine; without one nothing is logged. */
  constructor(address: string | undefined) {
    this.#client =
      address === undefined
        ? undefined
        : new EngineClient(address, grpc.credentials.createInsecure(), CLIENT_OPTIONS);
  }

  /** Queues a line. Never fails: a lost status line is no reason to fail a deployment. */
  status(urn: string, line: string): void {
    if (this.#client === undefined) {
      return;
    }
    const last = this.#pending.at(-1);
    if (last?.urn === urn) {
      // The engine is slower than the command: fewer and longer messages instead of an ever longer queue.
      last.text += `\n${line}`;
    } else {
      this.#pending.push({ urn, text: line });
    }
    this.#sending ??= this.#drain(this.#client);
  }

  /** Resolves when the engine has received everything that was queued. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  close(): void {
    this.#client?.close();
  }

  async #drain(client: EngineClient): Promise<void> {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const request = new LogRequest()
        .setSeverity(LogSeverity.INFO)
        .setMessage(next.text)
        .setUrn(next.urn)
        .setEphemeral(true);
      await new Promise<void>((resolve) => client.log(request, () => resolve()));
    }
    this.#sending = undefined;
  }
}
