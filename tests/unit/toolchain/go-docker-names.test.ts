import { describe, expect, it } from "vitest";
import { z } from "zod";
import namesFile from "../../../toolchain/go/pulumi-resource-docker/names.json";
import recordedFile from "../../../toolchain/go/pulumi-resource-docker/testdata/bridge-names.json";
import { readSdkNames, type Shape, type Signature } from "./docker-sdk-names";

const shape: z.ZodType<Shape> = z.lazy(() =>
  z.union([z.string(), z.tuple([shape]), z.record(z.string(), shape)]),
);
const properties = z.record(z.string(), shape);
const signatures = z.record(z.string(), z.object({ inputs: properties, outputs: properties }));
const recorded = z
  .object({
    versions: z.object({}).loose(),
    provider: properties,
    resources: signatures,
    functions: signatures,
  })
  .parse(recordedFile);
const rename = z.record(z.string(), z.string());
const names = z
  .strictObject({
    resources: rename,
    functions: rename,
    properties: z.record(z.string(), rename),
    unsupported: rename,
  })
  .parse(namesFile);

const sdk = readSdkNames();

/** What differs between the SDK's shape and the bridge's once the renaming is applied, as `path: sdk | bridge`. */
function differences(token: string, official: Signature["inputs"], bridge: Signature["inputs"]): string[] {
  const renamed: Signature["inputs"] = {};
  for (const [name, value] of Object.entries(official))
    renamed[names.properties[token]?.[name] ?? name] = value;
  return compare(token, renamed, bridge);
}

function compare(path: string, official: Shape | undefined, bridge: Shape | undefined): string[] {
  if (
    typeof official === "object" &&
    typeof bridge === "object" &&
    Array.isArray(official) === Array.isArray(bridge)
  ) {
    const left = Object.entries(official);
    const right = new Map(Object.entries(bridge));
    const found = left.flatMap(([key, value]) => compare(`${path}.${key}`, value, right.get(key)));
    const known = new Set(left.map(([key]) => key));
    return [
      ...found,
      ...[...right.keys()].filter((key) => !known.has(key)).map((key) => `${path}.${key}: only bridge`),
    ];
  }
  return official === bridge ? [] : [`${path}: ${JSON.stringify(official)} | ${JSON.stringify(bridge)}`];
}

/** The differences that are left when the bridge's own time-outs and its name for a resource's id are set aside. */
function unexpected(token: string, signature: Signature, bridge: Signature | undefined): string[] {
  if (!bridge) return [`${token}: missing`];
  const extra = ["timeouts", names.properties[token]?.id ?? "id"].map(
    (name) => `${token}.${name}: only bridge`,
  );
  const found = [
    ...differences(token, signature.inputs, bridge.inputs),
    ...differences(token, signature.outputs, bridge.outputs),
  ];
  return found.filter((difference) => !extra.includes(difference));
}

describe("the Docker plugin's table of names", () => {
  it("reads the whole SDK", () => {
    expect(Object.keys(sdk.resources)).toHaveLength(12);
    expect(Object.keys(sdk.functions)).toHaveLength(6);
    expect(sdk.resources["docker:index/container:Container"]?.inputs.healthcheck).toEqual({
      interval: "string",
      retries: "number",
      startInterval: "string",
      startPeriod: "string",
      tests: ["string"],
      timeout: "string",
    });
  });

  it("maps every resource of the SDK, but the one it refuses, to one of the bridge with the same properties", () => {
    const supported = Object.entries(sdk.resources).filter(([token]) => !(token in names.unsupported));
    expect(
      supported.flatMap(([token, signature]) =>
        unexpected(token, signature, recorded.resources[names.resources[token] ?? token]),
      ),
    ).toEqual([]);
  });

  it("maps every function of the SDK to one of the bridge with the same properties", () => {
    expect(
      Object.entries(sdk.functions).flatMap(([token, signature]) =>
        unexpected(token, signature, recorded.functions[names.functions[token] ?? token]),
      ),
    ).toEqual([]);
  });

  it("maps the provider's configuration", () => {
    expect(differences("pulumi:providers:docker", sdk.provider, recorded.provider)).toEqual([]);
  });

  it("renames nothing that the SDK does not have", () => {
    const known = new Set([
      ...Object.keys(sdk.resources),
      ...Object.keys(sdk.functions),
      "pulumi:providers:docker",
    ]);
    const used = [names.resources, names.functions, names.properties, names.unsupported].flatMap(Object.keys);
    expect(used.filter((token) => !known.has(token))).toEqual([]);
  });
});
