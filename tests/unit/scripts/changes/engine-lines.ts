/** Lines as the engine prints them with `--json`, taken from real runs. */

const secret = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
};

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const urnOf = (name: string, types: string) => `urn:pulumi:qa::backline::${types}::${name}`;

interface Step {
  readonly op: string;
  readonly name: string;
  readonly types: string;
  readonly old?: object;
  readonly new?: object;
  readonly keys?: readonly string[];
  readonly diffs?: readonly string[];
  readonly logical?: boolean;
  readonly retainOnDelete?: boolean;
}

function metadata({ op, name, types, old, new: after, keys, diffs, logical = true, retainOnDelete }: Step) {
  const urn = urnOf(name, types);
  const type = types.split("$").at(-1) ?? "";
  const common = { type, urn, custom: true, id: "", parent: "", provider: "", outputs: {} };
  return {
    op,
    urn,
    type,
    old: old === undefined ? null : { ...common, id: `${name}-id`, retainOnDelete, inputs: old },
    new: after === undefined ? null : { ...common, inputs: after },
    ...(keys === undefined ? {} : { keys }),
    ...(diffs === undefined ? {} : { diffs }),
    detailedDiff: null,
    ...(logical ? { logical } : {}),
    provider: "",
  };
}

export const planned = (step: Step): string =>
  JSON.stringify({
    sequence: 1,
    timestamp: 1,
    resourcePreEvent: { metadata: metadata(step), planning: true },
  });

/** A refresh tells the inputs and the outputs of before and after. */
export function refreshed(step: Step & { readonly outputs?: { old: object; new: object } }): string {
  const { old, new: after, ...rest } = metadata(step);
  const { outputs } = step;
  return JSON.stringify({
    sequence: 1,
    timestamp: 1,
    resOutputsEvent: {
      metadata: {
        ...rest,
        old: old === null ? null : { ...old, ...(outputs ? { outputs: outputs.old } : {}) },
        new: after === null ? null : { ...after, ...(outputs ? { outputs: outputs.new } : {}) },
      },
      planning: true,
    },
  });
}

export const said = (severity: string, message: string): string =>
  JSON.stringify({ sequence: 1, timestamp: 1, diagnosticEvent: { message, severity, color: "never" } });

const command = "backline:service:Service$command:local:Command";

/** A preview in which everything happens that can. */
export const everything = [
  "Previewing update (qa):",
  planned({ op: "same", name: "backline-qa", types: "pulumi:pulumi:Stack", old: {}, new: {} }),
  said("debug", "registering /srv/checkout with topsecret"),
  said("warning", "Pulumi.qa.yaml: host.cpus: too many\n"),
  said("warning", "Pulumi.qa.yaml: host.cpus: too many\n"),
  planned({
    op: "create",
    name: "fresh",
    types: command,
    new: { create: "set -eu\necho 1\n", dir: "/srv/checkout/.backline", image: unknown, __internal: {} },
  }),
  planned({
    op: "create-replacement",
    name: "api-0-name",
    types: command,
    old: { triggers: ["a"] },
    new: { triggers: ["b"] },
    logical: false,
  }),
  planned({
    op: "replace",
    name: "api-0-name",
    types: command,
    old: { create: "true", stdin: secret, triggers: ["a", "b"] },
    new: { create: "true", stdin: secret, triggers: ["a", "c"] },
    keys: ["triggers"],
    diffs: ["stdin", "triggers"],
  }),
  planned({
    op: "update",
    name: "ws-0",
    types: "backline:service:Service$docker:index/container:Container",
    old: { memory: 512, envs: ["A=1", "B=1"], labels: { a: "1" } },
    new: { memory: 768, envs: ["A=1", "C=1"], labels: { a: "1", b: "2" } },
    diffs: ["envs", "labels", "memory"],
  }),
  planned({
    op: "replace",
    name: "postgres",
    types: "backline:postgres:Postgres$docker:index/container:Container",
    old: { image: "a" },
    new: { image: "b" },
    keys: ["image"],
    diffs: ["image"],
  }),
  planned({
    op: "delete",
    name: "redis-data",
    types: "backline:redis:Redis$docker:index/volume:Volume",
    old: { name: "qa-redis-data" },
    retainOnDelete: true,
  }),
  planned({
    op: "delete",
    name: "old-gate",
    types: command,
    old: { create: "v1:AbCdEfGhIjKlMnOp:QUJDREVG" },
  }),
].join("\n");
