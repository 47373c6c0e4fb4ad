import { describe, expect, it } from "vitest";
import type { RolloutRig } from "./rig";

interface BadConfiguration {
  readonly what: string;
  readonly path: string;
  /** A text of the source that renders the configuration, and what takes its place. */
  readonly from: string;
  readonly to: string;
  readonly reason: RegExp;
}

const bad: readonly BadConfiguration[] = [
  {
    what: "of Caddy that is none",
    path: "components/proxy/caddyfile.ts",
    from: '"persist_config off",',
    to: '"persist_config off", "no_such_option",',
    reason: /proxy: [\s\S]*no_such_option/,
  },
  {
    what: "of Caddy that is one, and cannot be taken up",
    path: "components/proxy/caddyfile.ts",
    from: '"log",',
    // An address for documentation, which no machine has.
    to: '"log", "bind 192.0.2.1",',
    reason: /proxy: [\s\S]*192\.0\.2\.1/,
  },
  {
    what: "of Prometheus that is none",
    path: "components/monitoring/prometheus.ts",
    from: "rule_files:",
    to: "no_such_field: 1, rule_files:",
    reason: /prometheus: [\s\S]*no_such_field/,
  },
];

export function describeConfigurations(rig: RolloutRig): void {
  const { stack } = rig;
  describe("a corrupt configuration", () => {
    it.each(bad)(
      "$what is refused with the reason, twice, while the old one serves",
      async ({ what, path, from, to, reason }) => {
        stack.change(path, from, to);
        try {
          for (const attempt of ["first", "unchanged"])
            await rig.deployBadly(`${attempt} deploy of a configuration ${what}`, reason);
        } finally {
          stack.restore(path);
        }
        expect(await stack.status()).toMatchObject({ healthy: true, lastUpdate: "failed" });
      },
    );

    it("has left nothing once the right one is deployed", async () => {
      const { began } = await rig.deployWell("deploy of the right configuration");
      expect(await rig.load.span(began)).toMatchObject({ failures: [], closes: [] });
      expect(await stack.status()).toMatchObject({ healthy: true, lastUpdate: "succeeded" });
    });
  });
}
