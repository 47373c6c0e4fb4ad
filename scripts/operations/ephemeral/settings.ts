/** What an ephemeral stack's file says: what staging's says, but for where it runs and whom it is for. */
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { InputError, type Problem } from "../../../components/shared/errors";
import type { Settings } from "../../../stacks/settings";
import { loadFromFile, parseSettings } from "../../../stacks/settings/load-file";
import { type Resolution, resolve } from "../../../stacks/settings/resolve";
import { defaultSystem, systemOf } from "../../../stacks/systems";
import { stackOf } from "./names";
import type { EphemeralRecord } from "./record";

/** The stack whose copies ephemeral stacks are. */
export const model = "staging";

type Values = Readonly<Record<string, unknown>>;

/**
 * Keys that are taken from staging. Nothing else is: its host, its names, its secrets, and whatever reaches beyond the
 * containers, such as mail, payments, alerts, a DNS zone or front ends elsewhere, belong to staging alone.
 */
const copied: Readonly<Record<string, true | readonly string[]>> = {
  system: true,
  images: ["registry", "logins", "source", "unavailable", "override"],
  services: true,
  postgres: true,
  redis: true,
  monitoring: ["enabled", "grafana", "retention"],
  rateLimits: true,
  proxy: ["timeouts", "maxHeaderSize", "streamCloseDelay", "memory", "cpu"],
};

/** Keys that `--settings` may give. */
const givable = [...Object.keys(copied), "domain", "sites", "host", "allowedOrigins"];

const isGroup = (value: unknown): value is Values =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The keys of `host`. */
export const hostOf = ({ host }: Values): Values => (isGroup(host) ? host : {});

/** Groups are merged key by key; what is given wins. */
export function merged(under: Values, over: Values): Values {
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  const choose = (key: string): unknown => {
    const [low, high] = [under[key], over[key]];
    if (!Object.hasOwn(over, key)) return low;
    return isGroup(low) && isGroup(high) ? merged(low, high) : high;
  };
  return Object.fromEntries(keys.map((key) => [key, choose(key)]));
}

function copyOf(values: Values): Values {
  const kept = Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const what = copied[key];
    if (what === undefined) return [];
    if (what === true || !isGroup(value)) return [[key, value]];
    const inner = Object.entries(value).filter(([name]) => what.includes(name));
    return inner.length === 0 ? [] : [[key, Object.fromEntries(inner)]];
  });
  return Object.fromEntries(kept);
}

/** What the file of `--settings` says below `backline:`. @throws InputError */
export function readGiven(path: string | undefined): Values {
  if (path === undefined) return {};
  const file = basename(path);
  const refuse = (code: string, key: string, message: string): Problem => ({
    code,
    file,
    path: key,
    message,
  });
  if (!existsSync(path)) {
    const message = `there is no file ${JSON.stringify(path)}; write the path of one, as a Pulumi.<stack>.yaml is written`;
    throw new InputError([{ code: "no-settings-file", file: "", path: "--settings", message }]);
  }
  const { values } = parseSettings(readFileSync(path, "utf8"), file);
  const { address, hostKey, publicKeys } = hostOf(values);
  const needs = (key: string, value: unknown, mend: string): Problem[] =>
    address === undefined || value !== undefined
      ? []
      : [refuse("host", `host.${key}`, `is not set; ${mend}`)];
  const problems = [
    ...Object.keys(values)
      .filter((key) => !givable.includes(key))
      .map((key) =>
        refuse(
          "ephemeral-key",
          key,
          `cannot be given to an ephemeral stack, which reaches nothing but its containers; write some of ${givable.join(", ")}`,
        ),
      ),
    ...needs(
      "hostKey",
      hostKey,
      `write the key of the host, which \`ssh-keyscan -t ed25519 ${String(address)}\` prints, once you have compared it`,
    ),
    ...needs("publicKeys", publicKeys, "write the lines of the .pub files that may sign in"),
  ];
  if (problems.length > 0) throw new InputError(problems);
  return values;
}

/** How large the Docker is that runs the stack. */
export interface MachineSize {
  /** MiB. */
  readonly memory: number;
  readonly cpus: number;
}

export interface Wanted {
  readonly name: string;
  /** What staging's file says, secrets encrypted. */
  readonly model: Values;
  readonly given: Values;
  readonly ports: EphemeralRecord["ports"];
  readonly machine: MachineSize;
  /** The file of `--settings`, for messages. */
  readonly file?: string | undefined;
}

export interface Derived {
  readonly values: Values;
  readonly settings: Settings;
  /** Whether services were given one replica each, because staging's do not fit on this machine. */
  readonly reduced: boolean;
}

/**
 * What the file of an ephemeral stack is to say. On a machine that staging does not fit on, each service has one replica.
 * @throws InputError with every mistake.
 */
export function derive(wanted: Wanted): Derived {
  const whole = valuesOf(wanted);
  const first = check(wanted, whole);
  if (first.ok) return { values: whole, settings: first.settings, reduced: false };
  const isBudget = first.errors.every(({ code }) => code === "memory-budget");
  const services = systemOf(whole)?.services ?? {};
  const single = Object.fromEntries(Object.keys(services).map((service) => [service, { replicas: 1 }]));
  const values = merged(merged(whole, { services: single }), { services: wanted.given.services ?? {} });
  const second = isBudget ? check(wanted, values) : first;
  if (second.ok) return { values, settings: second.settings, reduced: true };
  throw new InputError(second.errors.map(withWay));
}

function valuesOf({ name, model: staging, given, ports, machine }: Wanted): Values {
  const copy = copyOf(staging);
  const isElsewhere = hostOf(given).address !== undefined;
  const own: Values = {
    domain: `${name}.${String(copy.system ?? defaultSystem)}.localhost`,
    proxy: { httpPort: ports.http, httpsPort: ports.https, certificates: "internal" },
    ...(isElsewhere ? {} : { host: { memory: `${machine.memory}Mi`, cpus: machine.cpus } }),
  };
  return merged(merged(copy, own), given);
}

function check({ name, file }: Wanted, values: Values): Resolution {
  const from = `Pulumi.${model}.yaml${file === undefined ? "" : ` with ${basename(file)}`}`;
  return resolve(
    { stack: stackOf(name), file: `${from}, for ${stackOf(name)}`, values, plainSecrets: [] },
    { missing: "warn" },
  );
}

const withWay = (problem: Problem): Problem =>
  problem.code === "memory-budget"
    ? {
        ...problem,
        message: `${problem.message}; an ephemeral stack gets smaller limits from a file: --settings small.yaml`,
      }
    : problem;

/** What staging's file says. @throws InputError where there is none. */
export const readModel = (root: string): Values => loadFromFile(root, model).values;
