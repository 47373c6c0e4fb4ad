import { describe, expect, it } from "vitest";
import { checkHostPlan } from "../../../stacks/host";
import { errors, local, resolution, secrets } from "../../support/resolution";

const ranges = (...sshAllow: unknown[]) => ({ host: { sshAllow } });
const keys = (...publicKeys: unknown[]) => ({ host: { publicKeys } });
const write = 'write the one line of the ".pub" file: "ssh-ed25519 AAAA... name"';

/** A public key's binary form. */
const blob = (...fields: Buffer[]) =>
  Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      return [length, field];
    }),
  ).toString("base64");
const rsa = (bits: number) =>
  `ssh-rsa ${blob(Buffer.from("ssh-rsa"), Buffer.from([1, 0, 1]), Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 255)]))} ops`;
const ed25519 = `ssh-ed25519 ${blob(Buffer.from("ssh-ed25519"), Buffer.alloc(32, 7))} ops@example.com`;

describe("the settings of a host", () => {
  it.each([
    [
      "a mistyped range",
      ranges("203.0.113.0.0/24"),
      'host.sshAllow.0: "203.0.113.0.0/24" is not a range of addresses; write one such as "203.0.113.0/24" or "203.0.113.7/32"',
    ],
    [
      "a name as a range",
      ranges("office"),
      'host.sshAllow.0: "office" is not a range of addresses; write one such as "203.0.113.0/24" or "203.0.113.7/32"',
    ],
    [
      "an address without a length",
      ranges("203.0.113.7"),
      'host.sshAllow.0: "203.0.113.7" has no prefix length; write "203.0.113.7/32" for the one address',
    ],
    [
      "a length that is too great",
      ranges("203.0.113.0/33"),
      'host.sshAllow.0: "203.0.113.0/33" has no such prefix length; write a number from 1 to 32 after the "/"',
    ],
    [
      "every address",
      ranges("0.0.0.0/0"),
      'host.sshAllow.0: "0.0.0.0/0" is every address; leave the list out to let every address in',
    ],
    [
      "bits of a host",
      ranges("203.0.113.7/24"),
      'host.sshAllow.0: "203.0.113.7/24" has bits behind its prefix; write "203.0.113.0/24" for the range or "203.0.113.7/32" for the one address',
    ],
    [
      "bits of a host in IPv6",
      ranges("2001:db8::1/32"),
      'host.sshAllow.0: "2001:db8::1/32" has bits behind its prefix; write "2001:db8::/32" for the range or "2001:db8::1/128" for the one address',
    ],
    [
      "a long form of IPv6",
      ranges("2001:0db8::/32"),
      'host.sshAllow.0: "2001:0db8::/32" is not in its shortest form; write "2001:db8::/32"',
    ],
    [
      "a range inside another",
      ranges("203.0.113.0/24", "203.0.113.7/32"),
      'host.sshAllow.1: "203.0.113.7/32" is already in "203.0.113.0/24"; remove it',
    ],
    [
      "a range twice",
      ranges("203.0.113.0/24", "203.0.113.0/24"),
      'host.sshAllow.1: "203.0.113.0/24" is already in "203.0.113.0/24"; remove it',
    ],
    [
      "one range in the place of a list",
      { host: { sshAllow: "203.0.113.0/24" } },
      'host.sshAllow: "203.0.113.0/24" is not a list; write a list: [a, b]',
    ],
    [
      "a private key",
      keys("-----BEGIN OPENSSH PRIVATE KEY-----\nabc"),
      `host.publicKeys.0: is a private key, which belongs to nobody else; ${write}`,
    ],
    [
      "a file's name as a key",
      keys("~/.ssh/id_ed25519.pub"),
      `host.publicKeys.0: is not a public key; ${write}`,
    ],
    [
      "two lines as a key",
      keys(`${ed25519}\nPermitRootLogin yes`),
      `host.publicKeys.0: is not a public key; ${write}`,
    ],
    ["half a key", keys(ed25519.slice(0, 40)), `host.publicKeys.0: is not a whole public key; ${write}`],
    [
      "a kind of key that the host does not take",
      keys("ssh-dss AAAA ops"),
      'host.publicKeys.0: is a key of the kind "ssh-dss", which the host does not take; write one of the kind ssh-ed25519, sk-ssh-ed25519@openssh.com, ssh-rsa',
    ],
    [
      "a short RSA key",
      keys(rsa(2048)),
      "host.publicKeys.0: is an RSA key of 2048 bits, which the host does not take; write one of 3072 or more, or an Ed25519 key",
    ],
    [
      "a time zone that there is not",
      { host: { timeZone: "Europe/Nowhere" } },
      'host.timeZone: "Europe/Nowhere" is not a time zone; write one such as "Etc/UTC" or "Europe/Berlin"',
    ],
    [
      "a time zone in small letters",
      { host: { timeZone: "europe/berlin" } },
      'host.timeZone: "europe/berlin" is not a time zone; write one such as "Etc/UTC" or "Europe/Berlin"',
    ],
    [
      "another distribution",
      { host: { distribution: "fedora-42" } },
      'host.distribution: "fedora-42" is not a choice; write "debian-12" or "ubuntu-24.04"',
    ],
    [
      "an unknown source of visitors",
      { host: { webFrom: "fastly" } },
      'host.webFrom: "fastly" is not a choice; write "anywhere" or "cloudflare"',
    ],
    ["swap without a unit", { host: { swap: 4 } }, 'host.swap: 4 has no unit; write "4Gi" or "4096Mi"'],
  ])("refuse %s", (_name, values, message) => {
    expect(errors(values)).toEqual([`Pulumi.dev.yaml: ${message}`]);
  });

  it("take keys and ranges that are right", () => {
    const host = {
      publicKeys: [ed25519, rsa(3072)],
      sshAllow: ["203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32", "2001:db9::1/128"],
      timeZone: "America/Argentina/Buenos_Aires",
    };
    const result = resolution({ ...local, secrets, host });
    expect(result.ok && result.settings.host).toMatchObject(host);
  });
});

describe("checkHostPlan", () => {
  const check = (host: Record<string, unknown>) => {
    const result = resolution({ ...local, secrets, host });
    if (!result.ok) throw new Error("the settings are wrong");
    return checkHostPlan(result.settings);
  };
  const address = "203.0.113.10";

  it("finds nothing where there is a host, a user and a key", () => {
    expect(check({ address, publicKeys: [ed25519] })).toEqual({ errors: [], warnings: [] });
  });

  it("refuses this machine and root", () => {
    expect(check({ user: "root", publicKeys: [ed25519] }).errors).toEqual([
      {
        code: "host-plan",
        path: "host.address",
        message: "is not set, and this machine's Docker is not prepared; set the address of the host of dev",
      },
      {
        code: "host-plan",
        path: "host.user",
        message: '"root" may not sign in on a hardened host; write another name such as "ops"',
      },
    ]);
  });

  it("warns of a host without a key", () => {
    expect(check({ address }).warnings).toEqual([
      {
        code: "host-plan",
        path: "host.publicKeys",
        message:
          "there is none yet, and without one the step ssh-server refuses to run; add the line of your .pub file",
      },
    ]);
  });
});
