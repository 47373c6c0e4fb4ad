import { createHash } from "node:crypto";

const urn = (type: string, name: string): string => `urn:pulumi:qa::backline::${type}::${name}`;
const stackUrn = urn("pulumi:pulumi:Stack", "backline-qa");

/** A resource of a state, below the stack itself. */
export const resource = (name: string, more: object = {}): object => ({
  ...{ urn: urn("docker:index/network:Network", name), type: "docker:index/network:Network" },
  ...{ custom: true, id: `id-of-${name}`, parent: stackUrn, ...more },
});

export const urnOf = (name: string): string => urn("docker:index/network:Network", name);

export interface StateFacts {
  readonly resources?: readonly object[];
  /** When the engine wrote it. */
  readonly written?: string;
  readonly pending?: number;
  readonly salt?: string;
}

/** The text of a state file as the engine writes it: the stack itself and the resources. */
export function stateText(facts: StateFacts = {}): string {
  const { resources = [resource("edge")], written = "2030-01-31T12:00:00Z", pending = 0, salt } = facts;
  const version = "v3.259.0";
  const magic = createHash("sha256").update(version).digest("hex");
  const latest = {
    manifest: { time: written, magic, version },
    secrets_providers: { type: "passphrase", state: { salt: salt ?? "v1:salt" } },
    resources: [{ urn: stackUrn, custom: false, type: "pulumi:pulumi:Stack" }, ...resources],
    ...(pending === 0 ? {} : { pending_operations: Array.from({ length: pending }, () => ({})) }),
    metadata: {},
  };
  return JSON.stringify({ version: 3, checkpoint: { stack: "organization/backline/qa", latest } });
}
