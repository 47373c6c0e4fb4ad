import * as pulumi from "@pulumi/pulumi";
import {
  type DeploymentInfo,
  type RegisterResourceRequest,
  ResourceMonitorFeature,
} from "@pulumi/pulumi/proto/resource_pb";
import { expect } from "vitest";

/** A resource that a program registers. */
export interface Identity {
  readonly urn: string;
  /** URNs under which it may have been known before. */
  readonly formerly: readonly string[];
  /** Outputs that are secrets of the state. */
  readonly secretOutputs: readonly string[];
}

/** Type of the resource itself in a URN, which begins with those of its parents. */
export const kindOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

/** What is registered now has to be, one by one, what was registered before. */
export function expectSame(before: readonly Identity[], now: readonly Identity[], count: number): void {
  expect(before).toHaveLength(count);
  for (const { urn } of before)
    expect(
      now.filter((one) => one.urn === urn || one.formerly.includes(urn)).map((one) => kindOf(one.urn)),
      urn,
    ).toEqual([kindOf(urn)]);
  expect(now).toHaveLength(before.length);
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
 * take over from the aliases of their parents is worked out here, as the engine does (`generateAliases` of its step generator).
 */
export async function identitiesOf(program: () => unknown): Promise<Identity[]> {
  const requests: RegisterResourceRequest[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({
        id: `${name}-id`,
        state: { ...inputs, imageId: `sha256:${name}`, stdout: "" },
      }),
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
  // The mocks keep the last parent's type alone, the engine all of them.
  wrap("newUrn", (_original, parent, type, name) => urnFrom(String(parent), String(type), String(name)));
  wrap("registerResource", (original, request, callback) => {
    requests.push(request as RegisterResourceRequest);
    return original(request, callback);
  });
  await pulumi.runtime.runInPulumiStack(async () => program());
  await pulumi.runtime.disconnect();
  const registered = new Map(requests.map((request) => [urnOf(request), request]));
  return requests
    .filter((request) => request.getCustom() && !request.getType().startsWith("pulumi:"))
    .map((request) => ({
      urn: urnOf(request),
      formerly: formerNames(request, registered),
      secretOutputs: request.getAdditionalsecretoutputsList(),
    }))
    .sort((a, b) => a.urn.localeCompare(b.urn));
}

/** A resource's own former names, and those that it had below a parent's former names. */
function formerNames(
  request: RegisterResourceRequest,
  registered: ReadonlyMap<string, RegisterResourceRequest>,
): string[] {
  const own = request.getAliasurnsList().map(withoutStack);
  const parent = registered.get(withoutStack(request.getParent()));
  if (parent === undefined) return own;
  const below = formerNames(parent, registered).map((former) => {
    const [name, parentName] = [request.getName(), parent.getName()];
    const formerly = name.startsWith(parentName) ? `${nameOf(former)}${name.slice(parentName.length)}` : name;
    return urnFrom(former, request.getType(), formerly);
  });
  return [...new Set([...own, ...below])];
}

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

const urnOf = (request: RegisterResourceRequest): string =>
  urnFrom(request.getParent(), request.getType(), request.getName());

function urnFrom(parent: string, type: string, name: string): string {
  const types = [parent.split("::")[2] ?? "", type].filter((one) => one !== "");
  return withoutStack(`urn:pulumi:dev::backline::${types.join("$")}::${name}`);
}

/** The engine leaves the stack itself out of the types in a URN; the mocks do not. */
const withoutStack = (urn: string): string => urn.replace("pulumi:pulumi:Stack$", "");
