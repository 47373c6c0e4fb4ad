import * as pulumi from "@pulumi/pulumi";
import {
  type DeploymentInfo,
  type RegisterResourceRequest,
  ResourceMonitorFeature,
} from "@pulumi/pulumi/proto/resource_pb";

/** A resource that a program registers. */
export interface Identity {
  readonly urn: string;
  /** URNs under which it may have been known before. */
  readonly formerly: readonly string[];
  /** Outputs that are secrets of the state. */
  readonly secretOutputs: readonly string[];
}

/** Wraps a method of Pulumi's mock monitor. */
function wrap(
  name: string,
  wrapped: (original: (...args: unknown[]) => unknown, ...args: unknown[]) => unknown,
) {
  const monitor: object = pulumi.runtime.getMonitor() ?? {};
  const original: unknown = Reflect.get(monitor, name);
  if (typeof original !== "function") throw new Error(`the mocks have no ${name}`);
  const call = (...args: unknown[]): unknown => Reflect.apply(original, monitor, args);
  Reflect.set(monitor, name, (...args: unknown[]) => wrapped(call, ...args));
}

/**
 * Runs a program under Pulumi's mocks and answers under which names each resource of a provider is, and was. What children
 * take over from the aliases of their parents is worked out by Pulumi's SDK, as for an engine that cannot.
 */
export async function identitiesOf(program: () => unknown): Promise<Identity[]> {
  const requests: RegisterResourceRequest[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, stdout: "" } }),
      call: ({ inputs }) => inputs,
    },
    "backline",
    "dev",
    false,
  );
  const { RESOURCE_MONITOR_FEATURE_ALIAS_SPECS: specs } = ResourceMonitorFeature;
  wrap("getDeploymentInfo", (original, request, callback) =>
    original(request, (error: unknown, info: DeploymentInfo) => {
      info.setSupportedfeaturesList(info.getSupportedfeaturesList().filter((feature) => feature !== specs));
      if (typeof callback === "function") callback(error, info);
    }),
  );
  wrap("registerResource", (original, request, callback) => {
    requests.push(request as RegisterResourceRequest);
    return original(request, callback);
  });
  await pulumi.runtime.runInPulumiStack(async () => program());
  await pulumi.runtime.disconnect();
  return requests
    .filter((request) => request.getCustom() && !request.getType().startsWith("pulumi:"))
    .map((request) => ({
      urn: urnOf(request),
      formerly: request.getAliasurnsList().map(withoutStack),
      secretOutputs: request.getAdditionalsecretoutputsList(),
    }))
    .sort((a, b) => a.urn.localeCompare(b.urn));
}

function urnOf(request: RegisterResourceRequest): string {
  const types = [request.getParent().split("::")[2] ?? "", request.getType()].filter((type) => type !== "");
  return withoutStack(`urn:pulumi:dev::backline::${types.join("$")}::${request.getName()}`);
}

/** The engine leaves the stack itself out of the types in a URN; the mocks do not. */
const withoutStack = (urn: string): string => urn.replace("pulumi:pulumi:Stack$", "");
