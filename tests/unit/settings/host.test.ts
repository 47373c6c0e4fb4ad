import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
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

describe("a host that is another machine", () => {
  const address = "203.0.113.10";
  const hostKey = ed25519.split(" ").slice(0, 2).join(" ");

  it("is refused with root as its user", () => {
    expect(errors({ host: { address, hostKey, user: "root", publicKeys: [ed25519] } })).toEqual([
      'Pulumi.dev.yaml: host.user: "root" may not sign in on a hardened host; write another name such as "ops", and root as host.firstUser',
    ]);
  });

  it("needs a pinned key and one that signs in, for a deploy and not for a preview", () => {
    const said = [
      "Pulumi.dev.yaml: host.hostKey: is not set; run: ./backline host trust dev",
      "Pulumi.dev.yaml: host.publicKeys: there is none, and ops could not sign in; add the line of your .pub file",
    ];
    expect(errors({ host: { address } })).toEqual(said);
    const preview = resolution({ ...local, secrets, host: { address } }, "warn");
    expect(preview.ok && preview.warnings.filter(({ code }) => code === "host").map(formatProblem)).toEqual(
      said,
    );
    expect(errors({ host: { address, hostKey, publicKeys: [ed25519] } })).toEqual([]);
  });

  it.each([
    ["a key with a name behind it", `${hostKey} root@host`, "is not the key of a host"],
    ["half a key", hostKey.slice(0, 40), "is not a whole public key"],
    ["a fingerprint", "SHA256:fx1PP0tM77U5YEuWVWRM5Z751LsyWozCQtydHEgx+10", "is not a public key"],
  ])("is refused with %s", (_name, value, fault) => {
    expect(errors({ host: { address, hostKey: value, publicKeys: [ed25519] } })).toEqual([
      `Pulumi.dev.yaml: host.hostKey: ${fault}; run ./backline host trust <stack>, which writes it`,
    ]);
  });

  it.each(["id_ed25519", "./key", "~/.ssh/id_ed25519.pub"])("is refused with the private key %s", (path) => {
    expect(errors({ host: { address, hostKey, publicKeys: [ed25519], identityFile: path } })).toEqual([
      `Pulumi.dev.yaml: host.identityFile: "${path}" is not the path of a private key; write an absolute path or one such as "~/.ssh/id_ed25519"`,
    ]);
  });
});
