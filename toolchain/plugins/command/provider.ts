import { randomBytes } from "node:crypto";
import type * as grpc from "@grpc/grpc-js";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { changes } from "../shared/diff";
import { EngineLog } from "../shared/engine-log";
import { diffResponse, type ProviderIdentity, providerServer } from "../shared/provider";
import type { PluginService } from "../shared/serve";
import { unary } from "../shared/unary";
import { asSecret, containsSecret, fromStruct, type Properties, toStruct, UNKNOWN } from "../shared/values";
import { copyToRemote } from "./copy-to-remote";
import type { Execution } from "./execution";
import { localCommand, localRun } from "./local-command";
import { remoteCommand } from "./remote-command";
import type { ResourceType } from "./resource-type";
import { secretMask } from "./secrecy";

const IDENTITY: ProviderIdentity = { name: "command", version: "1.2.1" };

const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  "command:local:Command": localCommand,
  "command:remote:Command": remoteCommand,
  "command:remote:CopyToRemote": copyToRemote,
};

/** A call that runs something. */
interface Run {
  readonly urn: string;
  /** Seconds; 0 for no limit. */
  readonly timeout: number;
  readonly secrets: readonly Properties[];
  readonly call: { on(event: "cancelled", listener: () => void): unknown };
}

/** `pulumi-resource-command`: takes the place of the official plugin of the same name and version. */
export class CommandProvider implements PluginService {
  readonly #cancelled = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #log: EngineLog;

  /** @param engine Address of the engine, which receives the commands' output. */
  constructor(engine: string | undefined) {
    this.#log = new EngineLog(engine);
  }

  register(server: grpc.Server): void {
    server.addService(ResourceProviderService, this.#implementation());
  }

  /** Cancels every running command and waits until it has ended. */
  async stop(): Promise<void> {
    this.#cancelled.abort(new Error("cancelled: the command was ended before it was done"));
    await Promise.allSettled(this.#running);
    this.#log.close();
  }

  #implementation(): IResourceProviderServer {
    return providerServer(IDENTITY, {
      check: unary(check),
      diff: unary(diff),
      create: unary(async (request: provider.CreateRequest, call) => {
        const type = resourceType(request.getType(), request.getUrn());
        const inputs = fromStruct(request.getProperties());
        if (request.getPreview()) {
          return new provider.CreateResponse().setProperties(toStruct(previewed(type, inputs)));
        }
        const run = { urn: request.getUrn(), timeout: request.getTimeout(), secrets: [inputs], call };
        const computed = await this.#run(run, (execution) => type.create(inputs, execution));
        return new provider.CreateResponse()
          .setId(type.idPrefix(request.getName()) + randomBytes(4).toString("hex"))
          .setProperties(toStruct(outputs(inputs, computed)));
      }),
      update: unary(async (request: provider.UpdateRequest, call) => {
        const type = resourceType(request.getType(), request.getUrn());
        const inputs = fromStruct(request.getNews());
        if (request.getPreview()) {
          return new provider.UpdateResponse().setProperties(toStruct(previewed(type, inputs)));
        }
        const state = fromStruct(request.getOlds());
        const run = { urn: request.getUrn(), timeout: request.getTimeout(), secrets: [inputs, state], call };
        const computed = await this.#run(run, (execution) => type.update(inputs, state, execution));
        return new provider.UpdateResponse().setProperties(toStruct(outputs(inputs, computed)));
      }),
      delete: unary(async (request: provider.DeleteRequest, call) => {
        const type = resourceType(request.getType(), request.getUrn());
        const state = fromStruct(request.getProperties());
        const run = { urn: request.getUrn(), timeout: request.getTimeout(), secrets: [state], call };
        await this.#run(run, (execution) => type.delete(state, execution));
        return new empty.Empty();
      }),
      // What a command has done cannot be looked up: the state is all that is known.
      read: unary((request: provider.ReadRequest) =>
        new provider.ReadResponse()
          .setId(request.getId())
          .setProperties(request.getProperties())
          .setInputs(request.getInputs()),
      ),
      invoke: unary(async (request: provider.InvokeRequest, call) => {
        if (request.getTok() !== "command:local:run") {
          throw new Error(`The command stand-in has no function ${request.getTok()}`);
        }
        const args = fromStruct(request.getArgs());
        const run = { urn: "", timeout: 0, secrets: [args], call };
        const results = await this.#run(run, (execution) => localRun(args, execution));
        return new provider.InvokeResponse().setReturn(toStruct(outputs(args, results)));
      }),
      cancel: unary(async () => {
        await this.stop();
        return new empty.Empty();
      }),
    });
  }

  async #run<T>(
    { urn, timeout, secrets, call }: Run,
    work: (execution: Execution) => Promise<T>,
  ): Promise<T> {
    const abandoned = new AbortController();
    call.on("cancelled", () => abandoned.abort(new Error("cancelled by the engine")));
    const signals = [this.#cancelled.signal, abandoned.signal];
    const limit =
      timeout > 0 ? setTimeout(() => abandoned.abort(timeoutError(timeout)), timeout * 1_000) : undefined;
    const running = work({
      signal: AbortSignal.any(signals),
      log: (line) => this.#log.status(urn, line),
      mask: secretMask(...secrets),
    });
    this.#running.add(running);
    try {
      return await running;
    } finally {
      clearTimeout(limit);
      this.#running.delete(running);
      await this.#log.flush();
    }
  }
}

function timeoutError(seconds: number): Error {
  return new Error(`the command was ended because it took longer than ${seconds} s, its custom timeout`);
}

function check(request: provider.CheckRequest): provider.CheckResponse {
  const { inputs, failures } = resourceType(request.getType(), request.getUrn()).check(
    fromStruct(request.getNews()),
  );
  return new provider.CheckResponse()
    .setInputs(toStruct(inputs))
    .setFailuresList(
      failures.map(({ property, reason }) =>
        new provider.CheckFailure().setProperty(property).setReason(reason),
      ),
    );
}

function diff(request: provider.DiffRequest): provider.DiffResponse {
  const found = changes(fromStruct(request.getOldInputs()), fromStruct(request.getNews()));
  return diffResponse(found, (property) => property === "triggers");
}

/** A resource's type: its own field, or within its URN (`urn:pulumi:stack::project::parent$type::name`). */
function resourceType(type: string, urn: string): ResourceType {
  const token = type || (urn.split("::")[2]?.split("$").at(-1) ?? "");
  const found = RESOURCE_TYPES[token];
  if (found === undefined) {
    throw new Error(`The command stand-in has no resource ${token}; the official plugin is needed for it`);
  }
  return found;
}

/**
 * Inputs and computed outputs as one state. What a command prints can hold what it was given, so computed outputs
 * are secret when an input is. The connection alone does not count: it is always secret and seldom printed.
 */
function outputs(inputs: Properties, computed: Properties): Properties {
  const secret = Object.entries(inputs).some(
    ([name, value]) => name !== "connection" && containsSecret(value),
  );
  const fresh = Object.entries(computed).filter(([name]) => !(name in inputs));
  return {
    ...inputs,
    ...Object.fromEntries(fresh.map(([name, value]) => [name, secret ? asSecret(value) : value])),
  };
}

/** What a preview can say: inputs, and computed outputs that are not known yet. */
function previewed(type: ResourceType, inputs: Properties): Properties {
  return outputs(inputs, Object.fromEntries(type.computed(inputs).map((name) => [name, UNKNOWN])));
}
