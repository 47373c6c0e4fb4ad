import * as resourceService from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { unary, unsupported } from "../../../../toolchain/plugins/shared/unary";
import { listen } from "./harness";

/** A stand-in for the engine's resource monitor: enough for a program without providers. */
export interface FakeMonitor {
  readonly address: string;
  /** Outputs of the stack, once the program has registered them. */
  readonly outputs: Record<string, unknown>;
  close(): void;
}

export async function fakeMonitor(): Promise<FakeMonitor> {
  const outputs: Record<string, unknown> = {};
  const missing = "not part of this test";
  const done = unary(() => new empty.Empty());
  const service: resourceService.IResourceMonitorServer = {
    getDeploymentInfo: unsupported(missing),
    supportsFeature: unary((request: resource.SupportsFeatureRequest) =>
      new resource.SupportsFeatureResponse().setHassupport(request.getId() !== "outputValues"),
    ),
    invoke: unsupported(missing),
    call: unsupported(missing),
    readResource: unsupported(missing),
    registerResource: unary((request: resource.RegisterResourceRequest) =>
      new resource.RegisterResourceResponse().setUrn(
        `urn:pulumi:dev::tiny::${request.getType()}::${request.getName()}`,
      ),
    ),
    registerResourceOutputs: unary((request: resource.RegisterResourceOutputsRequest) => {
      Object.assign(outputs, request.getOutputs()?.toJavaScript());
      return new empty.Empty();
    }),
    registerStackTransform: done,
    registerStackInvokeTransform: done,
    registerResourceHook: done,
    registerErrorHook: done,
    registerPackage: unsupported(missing),
    signalAndWaitForShutdown: done,
  };
  const { server, address } = await listen((it) =>
    it.addService(resourceService.ResourceMonitorService, service),
  );
  return { address, outputs, close: () => server.forceShutdown() };
}
