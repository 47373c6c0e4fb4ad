/** Test data of a new ephemeral stack: the same every time, made over the API as users make it. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { sessionAnswer } from "../../../services/contract/accounts";
import { jobAccepted } from "../../../services/contract/jobs";
import { memberSchema, messageSchema, roomSchema, type Visibility } from "../../../services/contract/rooms";
import type { Settings } from "../../../stacks/settings";
import { urlOfService } from "../../../stacks/urls";
import { projectPaths } from "../project";
import { ApiClient } from "./api-client";

/** The accounts, all with one password that is generated anew for each stack. */
export const people = ["Ada", "Grace", "Linus"] as const;
export type Person = (typeof people)[number];

export const emailOf = (person: Person): string => `${person.toLowerCase()}@example.com`;

interface SeedRoom {
  readonly name: string;
  readonly visibility: Visibility;
  /** The first one owns it. */
  readonly members: readonly [Person, ...Person[]];
  readonly messages: readonly (readonly [Person, string])[];
}

export const rooms: readonly SeedRoom[] = [
  {
    name: "Lobby",
    visibility: "public",
    members: ["Ada", "Grace", "Linus"],
    messages: [
      ["Ada", "Welcome! This room is public: whoever has its link may join."],
      ["Grace", "Thank you. Does everybody hear me?"],
      ["Linus", "Loud and clear."],
      ["Ada", "Then let us begin."],
    ],
  },
  {
    name: "Studio",
    visibility: "private",
    members: ["Grace", "Ada"],
    messages: [
      ["Grace", "Only the two of us are in here."],
      ["Ada", "Good. I have started the report."],
    ],
  },
];

/** Where the accounts of a stack stand, for who wants to sign in as one of them. */
export const seedFile = (root: string, stack: string): string =>
  join(projectPaths(root).ofStack(stack), "test-users.json");

/** The URL of the API of a system that has one. */
export function apiOf(settings: Settings): string | undefined {
  const api = settings.services.find(({ source }) => source === "api");
  return api === undefined ? undefined : urlOfService(api.name, "https", settings);
}

/** Makes the test data and writes the accounts down; answers the file, or undefined for a system without an API. */
export async function seed(
  root: string,
  settings: Settings,
  caCertificate: string | undefined,
): Promise<string | undefined> {
  const api = apiOf(settings);
  if (api === undefined) return undefined;
  const client = new ApiClient({ api, address: settings.host.address ?? "127.0.0.1", caCertificate });
  try {
    await client.ready();
    const password = randomBytes(18).toString("base64url");
    const users = people.map((name) => ({ name, email: emailOf(name), password }));
    const file = seedFile(root, settings.stack);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ users }, null, 2)}\n`, { mode: 0o600 });
    await fill(client, password);
    return file;
  } finally {
    await client.close();
  }
}

async function fill(client: ApiClient, password: string): Promise<void> {
  const sessions = new Map<Person, z.output<typeof sessionAnswer>>();
  for (const name of people) {
    const body = { name, email: emailOf(name), password };
    sessions.set(name, await client.call("/v1/auth/sign-up", sessionAnswer, { body }));
  }
  const sessionOf = (person: Person): z.output<typeof sessionAnswer> => {
    const session = sessions.get(person);
    if (session === undefined) throw new Error(`${person} has not signed up`);
    return session;
  };
  for (const { name, visibility, members, messages } of rooms) {
    const [owner, ...others] = members;
    const { token } = sessionOf(owner);
    const room = await client.call("/v1/rooms", roomSchema, { token, body: { name, visibility } });
    for (const other of others) {
      const body = { user: sessionOf(other).user.id };
      await client.call(`/v1/rooms/${room.id}/members`, memberSchema, { token, body });
    }
    for (const [person, text] of messages)
      await client.call(`/v1/rooms/${room.id}/messages`, messageSchema, {
        token: sessionOf(person).token,
        body: { body: text },
      });
  }
  const job = { kind: "report", input: {} };
  await client.call("/v1/jobs", jobAccepted, { token: sessionOf("Ada").token, body: job });
}
