import { SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../../../services/contract/problems";
import { createTokens } from "../../../../services/runtime/tokens";

const tokens = createTokens("a".repeat(32));
const user = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11", name: "Ada" };
const subject = { user, role: "admin", sessionId: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a22" } as const;

async function codeOf(token: string): Promise<string> {
  try {
    await tokens.verify(token);
    return "accepted";
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
}

describe("tokens", () => {
  it("say who the user is, in which session, in which role and until when", async () => {
    const { token, expiresAt } = await tokens.issue(subject, 60);
    expect(await tokens.verify(token)).toEqual({ ...subject, expiresAt: expiresAt.getTime() });
  });

  it("are refused when expired, altered, signed by another key or without signature", async () => {
    const expired = (await tokens.issue(subject, -1)).token;
    const { token } = await tokens.issue(subject, 60);
    const foreign = (await createTokens("b".repeat(32)).issue(subject, 60)).token;
    const [, payload] = token.split(".");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    const altered = token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString("base64url")}.`);
    for (const bad of [expired, foreign, unsigned, altered, "", "a.b.c"]) {
      expect(await codeOf(bad)).toBe("unauthorized");
    }
    expect(await codeOf(token)).toBe("accepted");
  });

  it("are known without a check of the signature once they were verified, until they expire", async () => {
    vi.useFakeTimers({ now: 1_900_000_000_000, toFake: ["Date"] });
    try {
      const { token } = await tokens.issue(subject, 60);
      expect(tokens.verified(token)).toBeUndefined();
      const principal = await tokens.verify(token);
      expect(tokens.verified(token)).toBe(principal);
      vi.setSystemTime(1_900_000_060_000);
      expect(tokens.verified(token)).toBeUndefined();
      expect(await codeOf(token)).toBe("unauthorized");
    } finally {
      vi.useRealTimers();
    }
  });

  it("are refused without session or role, as those of earlier releases are", async () => {
    const old = await new SignJWT({ name: "Ada" })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(user.id)
      .setIssuer("backline")
      .setAudience("backline")
      .setExpirationTime("1h")
      .sign(Buffer.from("a".repeat(32)));
    expect(await codeOf(old)).toBe("unauthorized");
  });
});

describe("tokens while their key is changed", () => {
  const [old, next] = ["a", "b"].map((letter) => letter.repeat(32)) as [string, string];
  const until = new Date("2030-01-31T12:45:00Z");
  const before = createTokens(old, { secret: next, until: undefined });
  const after = createTokens(next, { secret: old, until });
  const outcome = (of: typeof before, token: string) =>
    of.verify(token).then(
      ({ user: { name } }) => name,
      (error) => (error instanceof Problem ? error.code : String(error)),
    );

  beforeEach(() => {
    vi.useFakeTimers({ now: new Date("2030-01-31T12:00:00Z"), toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are accepted by replicas of either side, and signed with the key of each", async () => {
    const [first, second] = [await before.issue(subject, 900), await after.issue(subject, 900)];
    for (const of of [before, after])
      for (const { token } of [first, second]) expect(await outcome(of, token)).toBe("Ada");
    expect(await outcome(createTokens(old), first.token)).toBe("Ada");
    expect(await outcome(createTokens(old), second.token)).toBe("unauthorized");
  });

  it("of the old key are refused when its time is over, those that were verified before among them", async () => {
    const { token } = await before.issue(subject, 86_400);
    await after.verify(token);
    expect(after.verified(token)).toBeDefined();
    vi.setSystemTime(until);
    expect(after.verified(token)).toBeUndefined();
    expect(await outcome(after, token)).toBe("unauthorized");
    expect(await outcome(after, (await after.issue(subject, 60)).token)).toBe("Ada");
  });

  it("of the old key are refused when they have expired or were altered", async () => {
    const { token } = await before.issue(subject, 60);
    const altered = token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString("base64url")}.`);
    expect(await outcome(after, altered)).toBe("unauthorized");
    vi.setSystemTime(new Date("2030-01-31T12:01:00Z"));
    expect(await outcome(after, token)).toBe("unauthorized");
  });
});
