import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keyScript, requestScript } from "../../../../components/dns/origin-certificate";

const sh = (script: string, input = "", env = process.env) =>
  execFileSync("sh", ["-c", script], { input, env, stdio: "pipe" }).toString();

describe("the key of an origin certificate", () => {
  it("is an elliptic curve's, and its request holds the public half alone", () => {
    const key = sh(keyScript);
    expect(createPrivateKey(key).asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    const request = sh(requestScript, key);
    expect(request).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
    const publicKey = createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "pem" });
    expect(sh("openssl req -verify -noout -pubkey 2> /dev/null", request)).toBe(publicKey);
    expect(request).not.toContain("PRIVATE");
  });

  it("says what is missing where OpenSSL is not installed", () => {
    let said = "";
    try {
      sh(`PATH=/nowhere; ${keyScript}`);
    } catch (error) {
      said = String(Object(error).stderr);
    }
    expect(said).toBe("openssl is not installed here; it makes the key of the certificate\n");
  });
});
