import { catalogue, type ImageName } from "../../components/images/catalogue";

/** What a stand-in is made from, beside the files of its folder. */
export type Ingredient = "packages" | "caddy" | "node";

/** An image that is built here in the place of the official one of the same name. */
export interface StandIn {
  /** Folder below `toolchain/images`. */
  readonly folder: string;
  /** `packages` are Debian's; `caddy` and `node` are programs that are made on the host and put into the context. */
  readonly ingredients: readonly Ingredient[];
  /** Build arguments. */
  readonly args: Readonly<Record<string, string>>;
}

/** The version that a catalogue tag begins with: `24.21.0` of `24.21.0-bookworm-slim`. */
export function tagVersion(name: ImageName): string {
  return catalogue[name].tag.split("-", 1)[0] ?? "";
}

const fromPackages = (folder: string): StandIn => ({ folder, ingredients: ["packages"], args: {} });

export const standIns: Readonly<Record<Exclude<ImageName, "grafana">, StandIn>> = {
  node: { folder: "node", ingredients: ["node"], args: { NODE_VERSION: tagVersion("node") } },
  postgres: fromPackages("postgres"),
  redis: fromPackages("redis"),
  caddy: {
    folder: "caddy",
    ingredients: ["packages", "caddy"],
    args: { CADDY_VERSION: `v${tagVersion("caddy")}` },
  },
  prometheus: fromPackages("prometheus"),
  alertmanager: fromPackages("alertmanager"),
  nodeExporter: fromPackages("node-exporter"),
  redisExporter: fromPackages("redis-exporter"),
  postgresExporter: fromPackages("postgres-exporter"),
};

/** Official images that no package registry can stand in for, and what that means. */
export const whyWithout: Readonly<Record<Exclude<ImageName, keyof typeof standIns>, string>> = {
  grafana:
    "Grafana is in none of the package registries, so its container is left out; its dashboards are rendered all the same",
};

export type StandInName = keyof typeof standIns;

export function hasStandIn(name: ImageName): name is StandInName {
  return name in standIns;
}

/** `postgres:15.20-bookworm` */
export function reference(name: ImageName): string {
  const { repository, tag } = catalogue[name];
  return `${repository}:${tag}`;
}
