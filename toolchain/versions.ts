/**
 * Every version that the toolchain pins. The Go modules' `go.mod` and the `package.json` must say the same, which a
 * test checks: the SDKs' versions decide which plugin versions the engine asks for.
 */
export const versions = {
  /** The engine and its Node.js SDK: one version, because the Automation API refuses an older engine. */
  pulumi: "3.259.0",
  /** Provider plugins, by the version of their SDK. */
  providers: {
    docker: "5.2.0",
    command: "1.2.1",
    cloudflare: "6.22.1",
    vercel: "5.4.1",
  },
  goModules: {
    "github.com/pulumi/pulumi/pkg/v3": "v3.259.0",
    "github.com/pulumi/pulumi/sdk/v3": "v3.259.0",
    "github.com/pulumi/pulumi-terraform-bridge/v3": "v3.137.0",
    "github.com/terraform-providers/terraform-provider-docker": "v0.0.0-20260916201441-96d331c98ff4",
    "github.com/caddyserver/caddy/v2": "v2.11.7",
  },
  caddy: "2.11.7",
  /** The oldest Go that builds every tool. An older one from 1.21 on fetches this one by itself, from the Go module proxy. */
  go: "1.26.0",
} as const;
