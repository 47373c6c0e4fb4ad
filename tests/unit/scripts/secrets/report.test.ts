import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  catalogue,
  givenSecretPurposes,
  howToMake,
  howToSet,
} from "../../../../scripts/operations/secrets/catalogue";
import { listSecrets } from "../../../../scripts/operations/secrets/list";
import { renderSecrets, reportOwn } from "../../../../scripts/operations/secrets/report";
import { givenSecrets } from "../../../../stacks/settings/secret-keys";
import { secretNames } from "../../../../stacks/settings/secret-names";
import { stackText } from "../../../support/released-stack";
import { shopSystem } from "../../../support/shop-system";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backline-secrets-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const list = (more: string) => {
  writeFileSync(join(root, "Pulumi.qa.yaml"), stackText + more);
  return listSecrets(root, "qa");
};

const more = [
  "  backline:stripe: {webhookSecret: {secure: v1:hidden}}",
  "  backline:rotation:",
  "    jwtSecret: {changed: '2030-01-30T12:00:00Z', phase: expiring, until: '2030-01-30T12:45:00Z', other: {secure: v1:hidden}}",
  "    redisPassword: {changed: '2030-01-01T00:00:00Z', phase: used, other: {secure: v1:hidden}}",
  "",
].join("\n");

describe("secrets list", () => {
  it("knows every secret that there can be", () => {
    expect(Object.keys(catalogue)).toEqual([...secretNames]);
    expect(Object.keys(givenSecretPurposes).sort()).toEqual([...givenSecrets].sort());
  });

  it("tells of each what it is for, its age and how it gets a new value, and no value", () => {
    const reports = list(more);
    expect(reports.map(({ name }) => name)).toEqual([...secretNames, "stripe.webhookSecret"]);
    expect(reports.find(({ name }) => name === "redisPassword")).toEqual({
      name: "redisPassword",
      purpose: "password of Redis",
      changed: "2030-01-01T00:00:00Z",
      rotatable: true,
      how: "./backline secrets rotate qa redisPassword",
      phase: "used",
      until: null,
    });
    expect(JSON.stringify(reports)).not.toMatch(/v1:|encrypted/);
  });

  it("tells of those that a system declares what they are, and when init made them", () => {
    const values = {
      secrets: { redisPassword: "x", sessionKey: "x", paymentKey: "x" },
      rotation: { sessionKey: { changed: "2030-01-31T12:00:00Z" } },
    };
    expect(reportOwn("qa", values, shopSystem)).toEqual([
      {
        name: "sessionKey",
        purpose: "key of the session cookies",
        changed: "2030-01-31T12:00:00Z",
        rotatable: false,
        how: `only the system's services know what was made with it; for a new value: ${howToMake("qa", "sessionKey")}`,
        phase: null,
        until: null,
      },
      {
        name: "paymentKey",
        purpose: "key of the payment provider, from its dashboard",
        changed: null,
        rotatable: false,
        how: `get a new one from whoever gave it out: ${howToSet("qa", "secrets.paymentKey")}`,
        phase: null,
        until: null,
      },
    ]);
  });

  it("leaves out those of parts that the system does not have", () => {
    const reports = list("  backline:system: example\n");
    expect(reports.map(({ name }) => name)).toEqual(["nameKey", "redisPassword", "grafanaPassword"]);
  });

  it("says how a stack that has none gets them", () => {
    writeFileSync(
      join(root, "Pulumi.qa.yaml"),
      "config:\n  backline:domain: qa.localhost\n  backline:proxy: {certificates: internal}\n",
    );
    expect(renderSecrets("qa", listSecrets(root, "qa"), new Date())).toBe(
      "The stack qa has no secrets yet: ./backline init qa\n",
    );
  });

  it("as text is a table, and below it how the others are set", () => {
    expect(renderSecrets("qa", list(more), new Date("2030-01-31T12:00:00Z"))).toBe(
      [
        "SECRET                      WHAT IT IS                                  CHANGED                   CAN BE ROTATED",
        "nameKey                     key of the hashes in names of secret files  not known                 no",
        "jwtSecret                   key that signs access tokens                2030-01-30 (yesterday)    yes; the one before is accepted until 2030-01-30T12:45:00Z",
        "postgresAdminPassword       password of PostgreSQL's superuser          not known                 yes",
        "postgresPassword            password of the services at PostgreSQL      not known                 yes",
        "postgresMonitoringPassword  password of the exporter at PostgreSQL      not known                 yes",
        "redisPassword               password of Redis                           2030-01-01 (30 days ago)  under way; ./backline secrets rotate qa redisPassword completes it",
        "grafanaPassword             password of Grafana's user admin            not known                 yes",
        "stripe.webhookSecret        signature of Stripe's webhooks              not known                 no",
        "",
        "nameKey: it protects no access, and a new one would rename every file and restart the stores",
        `stripe.webhookSecret: get a new one from Stripe: eval "$(./backline env qa)" && pulumi config set --secret --path 'backline:stripe.webhookSecret', then ./backline up qa`,
        "",
      ].join("\n"),
    );
  });
});
