import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { fromStruct, type Properties, toStruct } from "../../../../toolchain/plugins/shared/values";
import { call } from "./harness";

/** What a resource is after a create or an update. */
export interface Made {
  readonly id: string;
  readonly properties: Properties;
}

/** Speaks to a provider as the engine does, about one resource. */
export class ProviderClient {
  readonly rpc: ResourceProviderClient;
  readonly #type: string;
  readonly #urn: string;
  readonly #name: string;

  constructor(address: string, type: string, name = "it") {
    this.rpc = new ResourceProviderClient(address, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
    this.#type = type;
    this.#name = name;
    this.#urn = `urn:pulumi:dev::tiny::${type}::${name}`;
  }

  get urn(): string {
    return this.#urn;
  }

  async check(inputs: Properties): Promise<{ inputs: Properties; failures: string[] }> {
    const request = new provider.CheckRequest()
      .setUrn(this.#urn)
      .setType(this.#type)
      .setNews(toStruct(inputs));
    const response = await call<provider.CheckResponse>((done) => this.rpc.check(request, done));
    const failures = response.getFailuresList().map((it) => `${it.getProperty()} ${it.getReason()}`);
    return { inputs: fromStruct(response.getInputs()), failures };
  }

  /** Path and kind of each difference, and the properties that replace. */
  async diff(
    olds: Properties,
    news: Properties,
  ): Promise<{ paths: Record<string, number>; replaces: string[] }> {
    const request = new provider.DiffRequest()
      .setUrn(this.#urn)
      .setType(this.#type)
      .setOldInputs(toStruct(olds))
      .setNews(toStruct(news));
    const response = await call<provider.DiffResponse>((done) => this.rpc.diff(request, done));
    const paths: Record<string, number> = {};
    response.getDetaileddiffMap().forEach((change, path) => {
      paths[path] = change.getKind();
    });
    return { paths, replaces: response.getReplacesList() };
  }

  async create(inputs: Properties, { preview = false, timeout = 0 } = {}): Promise<Made> {
    const request = new provider.CreateRequest()
      .setUrn(this.#urn)
      .setType(this.#type)
      .setName(this.#name)
      .setPreview(preview)
      .setTimeout(timeout)
      .setProperties(toStruct(inputs));
    const response = await call<provider.CreateResponse>((done) => this.rpc.create(request, done));
    return { id: response.getId(), properties: fromStruct(response.getProperties()) };
  }

  async update(state: Properties, inputs: Properties, preview = false): Promise<Properties> {
    const request = new provider.UpdateRequest()
      .setUrn(this.#urn)
      .setType(this.#type)
      .setId("id")
      .setPreview(preview)
      .setOlds(toStruct(state))
      .setNews(toStruct(inputs));
    const response = await call<provider.UpdateResponse>((done) => this.rpc.update(request, done));
    return fromStruct(response.getProperties());
  }

  async delete(state: Properties): Promise<void> {
    const request = new provider.DeleteRequest()
      .setUrn(this.#urn)
      .setType(this.#type)
      .setId("id")
      .setProperties(toStruct(state));
    await call((done) => this.rpc.delete(request, done));
  }

  async read(inputs: Properties, state: Properties): Promise<Properties> {
    const request = new provider.ReadRequest()
      .setUrn(this.#urn)
      .setType(this.#type)
      .setId("id")
      .setInputs(toStruct(inputs))
      .setProperties(toStruct(state));
    const response = await call<provider.ReadResponse>((done) => this.rpc.read(request, done));
    return fromStruct(response.getProperties());
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new provider.InvokeRequest().setTok(token).setArgs(toStruct(args));
    const response = await call<provider.InvokeResponse>((done) => this.rpc.invoke(request, done));
    return fromStruct(response.getReturn());
  }
}
