import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fingerprint, parseScan, readHostKey, type Scan } from "../../../scripts/operations/host-key";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { hostFingerprint, hostKey } from "../../support/host-stack";

const address = "203.0.113.10";
const greeting = `# ${address}:22 SSH-2.0-OpenSSH_9.2p1`;

describe("a host's key", () => {
  it("has the fingerprint that ssh-keygen prints", () => {
    expect(fingerprint(hostKey)).toBe(hostFingerprint);
  });

  it("is read from what ssh-keyscan prints, beside comments and other kinds", () => {
    const text = `${greeting}\n${address} ecdsa-sha2-nistp256 AAAA\n[${address}]:2222 ${hostKey}\n`;
    expect(parseScan(text, "ssh-ed25519")).toBe(hostKey);
    expect(parseScan(text, "ssh-rsa")).toBeUndefined();
  });

  it("is not taken where it is not whole", () => {
    expect(parseScan(`${address} ${hostKey.slice(0, 40)}\n`, "ssh-ed25519")).toBeUndefined();
  });
});

describe("reading a host's key", () => {
  let programs: FakePrograms;
  beforeEach(() => {
    programs = fakePrograms();
  });
  afterEach(() => programs.remove());

  it("makes one connection where the first port shows the best kind", async () => {
    programs.add("ssh-keyscan", `echo '${greeting}' >&2; echo "$last ${hostKey}"`);
    expect(await readHostKey(address, [22, 22])).toEqual({ port: 22, key: hostKey });
    expect(programs.calls("ssh-keyscan")).toEqual([address]);
  });

  it("goes on to the port of the first contact where nobody answers", async () => {
    const scan: Scan = async (port) => ({ stdout: port === 22 ? `x ${hostKey}` : "", stderr: "" });
    expect(await readHostKey(address, [2222, 22], scan)).toEqual({ port: 22, key: hostKey });
  });

  it("says at which ports nobody answers", async () => {
    programs.add("ssh-keyscan", "exit 1");
    await expect(readHostKey(address, [2222, 22])).rejects.toThrow(
      "the key of 203.0.113.10 cannot be read at port 2222 or 22: no SSH server answers there; is the host up, and are host.address and host.port right? Nothing was written",
    );
    expect(programs.calls("ssh-keyscan")).toHaveLength(2);
  });

  it("says what ssh-keyscan says", async () => {
    programs.add("ssh-keyscan", 'echo "getaddrinfo $last: Name or service not known" >&2; exit 1');
    await expect(readHostKey("nowhere.example.com", [22])).rejects.toThrow(
      "at port 22: getaddrinfo nowhere.example.com: Name or service not known; is",
    );
  });

  it("refuses a server that has only keys of other kinds", async () => {
    programs.add("ssh-keyscan", `echo '${greeting}' >&2`);
    await expect(readHostKey(address, [22])).rejects.toThrow(
      "at port 22: the SSH server shows neither an Ed25519 key nor an RSA key of 3072 bits or more; is",
    );
  });
});
