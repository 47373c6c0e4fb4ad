import { describe, expect, it } from "vitest";
import { checkAllowList, parseFacts } from "../../../stacks/connection";
import { local, resolution, secrets } from "../../support/resolution";

const facts = (client: string) => parseFacts(`debian-12\nshared\n${client}\n1000\ndocker\n`);

/** What is said of an allow-list where the host sees the operator at an address. */
function said(client: string, ...sshAllow: string[]): string[] {
  const result = resolution({ ...local, secrets, host: { sshAllow } });
  if (!result.ok) throw new Error("the settings are wrong");
  return checkAllowList(result.settings, facts(client)).map(({ path, message }) => `${path}: ${message}`);
}

describe("checkAllowList", () => {
  it.each([
    ["one address", "203.0.113.7", ["203.0.113.7/32"]],
    ["a range", "203.0.113.255", ["203.0.113.0/24"]],
    ["one of several ranges", "2001:db8::7", ["203.0.113.0/24", "198.51.100.0/24", "2001:db8::/64"]],
    ["one address of IPv6", "2001:db8::7", ["2001:db8::7/128"]],
    ["no list at all", "203.0.113.7", []],
    ["any list, where the host does not say what it sees", "", ["203.0.113.0/24"]],
  ])("lets in who is in %s", (_what, client, ranges) => {
    expect(said(client, ...ranges)).toEqual([]);
  });

  it.each([
    ["one address", "203.0.113.8", ["203.0.113.7/32"], "32"],
    ["several ranges", "192.0.2.1", ["203.0.113.0/24", "198.51.100.0/24", "2001:db8::/64"], "32"],
    ["ranges of IPv6", "2001:db8:1::7", ["2001:db8::/64", "203.0.113.0/24"], "128"],
    ["ranges of the other family", "2001:db8::7", ["203.0.113.0/24"], "128"],
  ])("refuses to leave the operator out of %s", (_what, client, ranges, bits) => {
    expect(said(client, ...ranges)).toEqual([
      `host.sshAllow: leaves out ${client}, the address that you sign in from, and would lock you out; add "${client}/${bits}"`,
    ]);
  });
});
