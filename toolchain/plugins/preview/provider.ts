import * as grpc from "@grpc/grpc-js";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { changes } from "../shared/diff";
import { diffResponse, type ProviderIdentity, providerServer } from "../shared/provider";
import type { PluginService } from "../shared/serve";
import { RpcError, unary } from "../shared/unary";
import { fromStruct } from "../shared/values";
import { needsOfficial } from "./identity";

/** Previews resources of any package, and refuses to make, change or remove one. */
export class PreviewProvider implements PluginService {
  readonly #identity: ProviderIdentity;

  constructor(identity: ProviderIdentity) {
    this.#identity = identity;
  }

  register(server: grpc.Server): void {
    server.addService(ResourceProviderService, this.#implementation());
  }

  async stop(): Promise<void> {}

  #implementation(): IResourceProviderServer {
    return providerServer(this.#identity, {
      check: unary((request: provider.CheckRequest) =>
        new provider.CheckResponse().setInputs(request.getNews()),
      ),
      diff: unary(diff),
      diffConfig: unary(diff),
      // Without an id, and with inputs alone: the engine takes the id and all other outputs as not yet known.
      create: unary((request: provider.CreateRequest) => {
        this.#requirePreview(request.getPreview(), "Creating this resource");
        return new provider.CreateResponse().setProperties(request.getProperties());
      }),
      update: unary((request: provider.UpdateRequest) => {
        this.#requirePreview(request.getPreview(), "Updating this resource");
        return new provider.UpdateResponse().setProperties(request.getNews());
      }),
      delete: unary(() => {
        this.#requirePreview(false, "Deleting this resource");
        return new empty.Empty();
      }),
      read: unary((request: provider.ReadRequest) => {
        const known = Object.keys(fromStruct(request.getInputs())).length > 0;
        // A refresh or an import must not take the state's word for the truth; a plain get only names a resource.
        this.#requirePreview(!known, "Reading this resource");
        return new provider.ReadResponse().setId(request.getId()).setProperties(request.getProperties());
      }),
      invoke: unary((request: provider.InvokeRequest) => {
        this.#requirePreview(false, `Calling ${request.getTok()}`);
        return new provider.InvokeResponse();
      }),
      cancel: unary(() => new empty.Empty()),
    });
  }

  #requirePreview(preview: boolean, what: string): void {
    if (!preview) {
      throw new RpcError(grpc.status.FAILED_PRECONDITION, needsOfficial(this.#identity, what));
    }
  }
}

/** Which changes an official plugin would answer with a replacement is not known here: all are shown in place. */
function diff(request: provider.DiffRequest): provider.DiffResponse {
  return diffResponse(
    changes(fromStruct(request.getOldInputs()), fromStruct(request.getNews())),
    () => false,
  );
}
