import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import type { Change, ChangeKind } from "./diff";
import { unary, unsupported } from "./unary";

/** What a provider stands in for. */
export interface ProviderIdentity {
  /** The package's name: `command`. */
  readonly name: string;
  /** The version of the official plugin whose place it takes: `1.2.1`. */
  readonly version: string;
}

/** The calls that a provider must answer itself; for the others `providerServer` has an answer. */
export type OwnCalls = Pick<
  IResourceProviderServer,
  "check" | "diff" | "create" | "update" | "delete" | "read" | "invoke" | "cancel"
>;

/** A whole provider service: the given calls, and the usual answers to everything around them. */
export function providerServer(
  { name, version }: ProviderIdentity,
  own: OwnCalls & Partial<IResourceProviderServer>,
): IResourceProviderServer {
  const missing = (what: string) => `The ${name} stand-in has no ${what}`;
  return {
    handshake: unary(() =>
      new provider.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true),
    ),
    configure: unary(() =>
      new provider.ConfigureResponse()
        .setAcceptsecrets(true)
        .setAcceptresources(true)
        .setSupportspreview(true),
    ),
    checkConfig: unary((request: provider.CheckRequest) =>
      new provider.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(() =>
      new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_NONE),
    ),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(() =>
      new provider.GetSchemaResponse().setSchema(JSON.stringify({ name, version, resources: {} })),
    ),
    attach: unary(() => new empty.Empty()),
    parameterize: unsupported(missing("parameters")),
    call: unsupported(missing("methods")),
    construct: unsupported(missing("components")),
    list: (call) => {
      call.emit("error", { code: grpc.status.UNIMPLEMENTED, details: missing("lists") });
    },
    getMapping: unary(() => new provider.GetMappingResponse()),
    getMappings: unary(() => new provider.GetMappingsResponse()),
    ...own,
  };
}

const { Kind } = provider.PropertyDiff;
const IN_PLACE: Record<ChangeKind, provider.PropertyDiff.Kind> = {
  add: Kind.ADD,
  delete: Kind.DELETE,
  update: Kind.UPDATE,
};
const BY_REPLACEMENT: Record<ChangeKind, provider.PropertyDiff.Kind> = {
  add: Kind.ADD_REPLACE,
  delete: Kind.DELETE_REPLACE,
  update: Kind.UPDATE_REPLACE,
};

/** The answer to Diff for a list of changes. `replaces` says which properties cannot change in place. */
export function diffResponse(
  changes: readonly Change[],
  replaces: (property: string) => boolean,
): provider.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  const properties = [...new Set(changes.map(({ property }) => property))];
  const response = new provider.DiffResponse()
    .setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(properties)
    .setReplacesList(properties.filter(replaces))
    .setHasdetaileddiff(true);
  for (const { path, property, kind } of changes) {
    const kinds = replaces(property) ? BY_REPLACEMENT : IN_PLACE;
    response
      .getDetaileddiffMap()
      .set(path, new provider.PropertyDiff().setKind(kinds[kind]).setInputdiff(true));
  }
  return response;
}
