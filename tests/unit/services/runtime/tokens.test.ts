import { describe, expect, it } from "vitest";
import { Problem } from "../../../../services/contract/problems";
import { createTokens } from "../../../../services/runtime/tokens";

const tokens = createTokens("a".repeat(32));
const user = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11", name: "Ada" };

async function codeOf(token: string): Promise<string> {
  try {
    await tokens.verify(token);
    return "accepted";
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
}

describe("tokens", () => {
  it("say who the user is and until when", async () => {
    const { token, expiresAt } = await tokens.issue(user, 60);
    expect(await tokens.verify(token)).toEqual({ user, expiresAt: expiresAt.getTime() });
  });

  it("are refused when expired, altered, signed by another key or without signature", async () => {
    const expired = (await tokens.issue(user, -1)).token;
    const { token } = await tokens.issue(user, 60);
    const foreign = (await createTokens("b".repeat(32)).issue(user, 60)).token;
    const [, payload] = token.split(".");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    const altered = token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString("base64url")}.`);
    for (const bad of [expired, foreign, unsigned, altered, "", "a.b.c"]) {
      expect(await codeOf(bad)).toBe("unauthorized");
    }
    expect(await codeOf(token)).toBe("accepted");
  });
});
