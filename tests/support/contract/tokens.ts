/** Access tokens as an attacker makes them, and as we would. */
import { createHmac, generateKeyPairSync, sign } from "node:crypto";

type Claims = Readonly<Record<string, unknown>>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token under a key: with HS256, HS384 or HS512. */
export function signToken(claims: Claims, key: string, algorithm = "HS256"): string {
  const text = `${encode({ alg: algorithm, typ: "JWT" })}.${encode(claims)}`;
  const hash = algorithm.replace("HS", "sha");
  return `${text}.${createHmac(hash, key).update(text).digest("base64url")}`;
}

/** What a token says, unchecked. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

/** Tokens that nobody may get in with, made from a good one, by what is wrong with them. */
export function badTokens(good: string, key: string): Record<string, string> {
  const claims = claimsOf(good);
  const [header = "", body = "", signature = ""] = good.split(".");
  const now = Math.floor(Date.now() / 1_000);
  const unsigned = (algorithm: string) => `${encode({ alg: algorithm, typ: "JWT" })}.${body}.`;
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const rsaText = `${encode({ alg: "RS256", jwk: publicKey.export({ format: "jwk" }) })}.${body}`;
  const { sub: _sub, ...nobody } = claims;
  const { exp: _exp, ...endless } = claims;
  const { aud: _aud, ...anywhere } = claims;
  return {
    "not a token": "x",
    "two parts": `${header}.${body}`,
    "algorithm none": unsigned("none"),
    "algorithm None": unsigned("None"),
    "no signature": `${header}.${body}.`,
    "a changed signature": `${header}.${body}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
    "changed claims": `${header}.${encode({ ...claims, role: "admin" })}.${signature}`,
    "another key": signToken(claims, `${key}x`),
    "an empty key": signToken(claims, ""),
    "HS512 under our key": signToken(claims, key, "HS512"),
    "a key of its own": `${rsaText}.${sign("sha256", Buffer.from(rsaText), privateKey).toString("base64url")}`,
    expired: signToken({ ...claims, iat: now - 7_200, exp: now - 3_600 }, key),
    "no end": signToken(endless, key),
    "another audience": signToken({ ...claims, aud: "elsewhere" }, key),
    "no audience": signToken(anywhere, key),
    "another issuer": signToken({ ...claims, iss: "elsewhere" }, key),
    "nobody's": signToken(nobody, key),
    "an injected user": signToken({ ...claims, sub: "' OR 1=1 --" }, key),
    "not yet valid": signToken({ ...claims, nbf: now + 3_600 }, key),
    "a list of claims": signToken(Object.assign([]), key),
  };
}
