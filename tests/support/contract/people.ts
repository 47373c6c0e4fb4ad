/** Users and what they make, each with a name of its own so that tests do not meet. */
import { randomBytes, randomUUID } from "node:crypto";
import { sessionAnswer } from "../../../services/contract/accounts";
import { jobAccepted } from "../../../services/contract/jobs";
import { type Message, messageSchema, type Room, roomSchema } from "../../../services/contract/rooms";
import { type CallOptions, call, expectAnswer, type Reply } from "./call";
import type { ContractTarget } from "./target";

/** An identifier that nothing has. */
export const nothing = "00000000-0000-4000-8000-000000000000";

/** Somebody who is signed in. */
export class Person {
  constructor(
    private readonly target: ContractTarget,
    readonly session: ReturnType<typeof sessionAnswer.parse>,
    readonly email?: string,
    readonly password?: string,
  ) {}

  get id(): string {
    return this.session.user.id;
  }

  get token(): string {
    return this.session.token;
  }

  call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    return call(this.target, method, path, { token: this.token, ...options });
  }

  get(path: string): Promise<Reply> {
    return this.call("GET", path);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.call("POST", path, { body, headers });
  }

  patch(path: string, body: unknown): Promise<Reply> {
    return this.call("PATCH", path, { body });
  }

  delete(path: string): Promise<Reply> {
    return this.call("DELETE", path);
  }

  async room(visibility: "public" | "private" = "public"): Promise<Room> {
    return expectAnswer(await this.post("/v1/rooms", { name: "Studio", visibility }), 201, roomSchema);
  }

  async message(room: string, body: string): Promise<Message> {
    return expectAnswer(await this.post(`/v1/rooms/${room}/messages`, { body }), 201, messageSchema);
  }

  /** Makes `other` a member of a room. */
  async add(room: string, other: Person, role: "moderator" | "member" = "member"): Promise<void> {
    const reply = await this.post(`/v1/rooms/${room}/members`, { user: other.id, role });
    if (reply.status !== 201) throw new Error(`adding a member: ${reply.text}`);
  }

  /** Id of a job that takes `milliseconds`. */
  async job(milliseconds = 0): Promise<string> {
    const input = { value: "hello", steps: 10, stepMilliseconds: Math.ceil(milliseconds / 10) };
    return expectAnswer(await this.post("/v1/jobs", { kind: "echo", input }), 202, jobAccepted).id;
  }
}

export async function guest(target: ContractTarget, name = "Ada"): Promise<Person> {
  const reply = await call(target, "POST", "/v1/auth/guest", { body: { name } });
  return new Person(target, expectAnswer(reply, 201, sessionAnswer));
}

export const freshEmail = (): string => `ada-${randomBytes(8).toString("hex")}@example.com`;

/** Somebody with an e-mail address. */
export async function member(target: ContractTarget, name = "Ada"): Promise<Person> {
  const [email, password] = [freshEmail(), `long enough ${randomUUID()}`];
  const reply = await call(target, "POST", "/v1/auth/sign-up", { body: { email, password, name } });
  return new Person(target, expectAnswer(reply, 201, sessionAnswer), email, password);
}

/** An administrator, whose right is in the token of a new session. */
export async function administrator(target: ContractTarget): Promise<Person> {
  const { id, email, password } = await member(target, "Root");
  await target.inside().sql(`UPDATE users SET role = 'admin' WHERE id = '${id}'`);
  const reply = await call(target, "POST", "/v1/auth/sign-in", { body: { email, password } });
  return new Person(target, expectAnswer(reply, 200, sessionAnswer), email, password);
}
