import { versions } from "./versions";

/** A program that is built from the Go module proxy; each has a module of its own in `toolchain/go/<name>`. */
export type GoTool =
  | "pulumi"
  | "terraform-bridge"
  | "terraform-provider-docker"
  | "caddy"
  | "pulumi-resource-docker";

export interface GoToolDefinition {
  /** What people read while it is built. */
  readonly title: string;
  /** Package to build: an import path, or `.` for the module itself. */
  readonly package: string;
  /** File name of the program. */
  readonly binary: string;
  /** Linker settings `<variable>=<value>` beyond those that every tool gets. */
  readonly variables: readonly string[];
}

/** Longest build first, so that they overlap best. */
export const goTools: Readonly<Record<GoTool, GoToolDefinition>> = {
  pulumi: {
    title: `Pulumi engine ${versions.pulumi}`,
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    binary: "pulumi",
    // Without its version the Automation API refuses the engine.
    variables: [`github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.pulumi}`],
  },
  "terraform-bridge": {
    title: "Pulumi plugin for Terraform providers",
    package: "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic",
    binary: "pulumi-resource-terraform-provider",
    variables: [],
  },
  "terraform-provider-docker": {
    title: "Terraform provider for Docker",
    package: "github.com/terraform-providers/terraform-provider-docker",
    binary: "terraform-provider-docker",
    variables: [],
  },
  caddy: {
    title: `Caddy ${versions.caddy}`,
    package: "github.com/caddyserver/caddy/v2/cmd/caddy",
    binary: "caddy",
    variables: [`github.com/caddyserver/caddy/v2.CustomVersion=v${versions.caddy}`],
  },
  "pulumi-resource-docker": {
    title: `Pulumi Docker plugin ${versions.providers.docker}`,
    package: ".",
    binary: "pulumi-resource-docker",
    variables: [],
  },
};

export const goToolNames = Object.keys(goTools).filter((name): name is GoTool => name in goTools);
