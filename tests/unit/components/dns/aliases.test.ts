import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { Dns, OriginCertificate, planDns } from "../../../../components/dns";
import { expectSame, identitiesOf } from "../../../support/aliases";
import { accountId, dnsArgs } from "../../../support/dns-args";

/** A zone that the stack makes, with a resource of every kind. */
const plan = planDns(
  dnsArgs({
    zoneId: undefined,
    accountId,
    requestsPerAddress: 600,
    hsts: { maxAge: 60, includeSubDomains: false, preload: false },
  }),
);

function register(names: { dns: string; certificate: string }, options: Options = {}): void {
  new Dns(names.dns, plan, options.dns);
  new OriginCertificate(names.certificate, { hostnames: ["api.example.com"] }, options.certificate);
}
interface Options {
  readonly dns?: pulumi.ComponentResourceOptions;
  readonly certificate?: pulumi.ComponentResourceOptions;
}

const usual = { dns: "dns", certificate: "origin-certificate" };
const count = 14;

describe("the resources at Cloudflare", () => {
  it("stay when their components are renamed with an alias", async () => {
    const before = await identitiesOf(() => register(usual));
    const now = await identitiesOf(() =>
      register(
        { dns: "edge", certificate: "origin" },
        { dns: { aliases: [{ name: "dns" }] }, certificate: { aliases: [{ name: "origin-certificate" }] } },
      ),
    );
    expect(now.map(({ urn }) => urn)).not.toEqual(before.map(({ urn }) => urn));
    expectSame(before, now, count);
  });

  it("stay when their components are moved below another one with an alias", async () => {
    const before = await identitiesOf(() => register(usual));
    const now = await identitiesOf(() => {
      const parent = new pulumi.ComponentResource("test:index:Edge", "edge");
      const options = { parent, aliases: [{ parent: pulumi.rootStackResource }] };
      register(usual, { dns: options, certificate: options });
    });
    expect(now.every(({ urn }) => urn.includes("test:index:Edge$"))).toBe(true);
    expectSame(before, now, count);
  });

  it("are others without an alias, which this test would see", async () => {
    const before = await identitiesOf(() => register(usual));
    const now = await identitiesOf(() => register({ dns: "edge", certificate: "origin" }));
    expect(() => expectSame(before, now, count)).toThrow();
  });

  it("have one secret among their outputs, the private key, and it is one in the state too", async () => {
    const all = await identitiesOf(() => register(usual));
    const secrets = all.filter(({ secretOutputs }) => secretOutputs.length > 0);
    expect(secrets.map(({ urn, secretOutputs }) => [urn.split("::").at(-1), secretOutputs])).toEqual([
      ["origin-certificate-key", ["stdout"]],
    ]);
  });
});
