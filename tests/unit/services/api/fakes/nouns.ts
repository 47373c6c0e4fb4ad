/** An API in memory as several users see it. */
import type { InjectOptions } from "fastify";
import type { User, UserRole } from "../../../../../services/contract/accounts";
import type { PaymentEvent } from "../../../../../services/runtime/store/payments";
import { createTokens } from "../../../../../services/runtime/tokens";
import { fakeApi, type Overrides, sessionId } from ".";
import { memoryNouns } from "./store";

const person = (number: number, name: string): User => ({
  id: `6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a0${number}`,
  name,
});
export const [ada, bob, eve] = [person(1, "Ada"), person(2, "Bob"), person(3, "Eve")];

/** `role`: what everybody is. */
export async function nounsApi({ role = "user", ...overrides }: Overrides & { role?: UserRole } = {}) {
  const removed: string[] = [];
  const received: PaymentEvent[] = [];
  const tokens = createTokens("k".repeat(32));
  const { app, published } = await fakeApi({
    store: memoryNouns([ada, bob, eve], received),
    memberRemoved: (user, room) => void removed.push(`${user} ${room}`),
    tokens,
    ...overrides,
  });
  /** Sends a request as `user`; the answer is its status and body, for errors status and code. */
  const as =
    (user: User | undefined) =>
    async (
      method: "GET" | "POST" | "PATCH" | "DELETE",
      url: string,
      payload?: InjectOptions["payload"],
      headers: Record<string, string> = {},
    ) => {
      const token = user === undefined ? undefined : await tokens.issue({ user, role, sessionId }, 60);
      const sender: Record<string, string> =
        token === undefined ? {} : { authorization: `Bearer ${token.token}` };
      const body = payload === undefined ? {} : { payload };
      const answer = await app.inject({ method, url, headers: { ...sender, ...headers }, ...body });
      const json = answer.body === "" ? undefined : answer.json();
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: json,
        refusal: [answer.statusCode, json?.code],
      };
    };
  return { app, as, published, removed, received };
}
