/** Users and rooms for measurements, made through the API. */
import { Pool } from "undici";
import type { Running } from "./processes";

export interface Guest {
  readonly id: string;
  readonly token: string;
}

async function post(
  pool: Pool,
  path: string,
  content: unknown,
  token?: string,
): Promise<Record<string, unknown>> {
  const { statusCode, body } = await pool.request({
    method: "POST",
    path,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(content),
  });
  const answer = (await body.json()) as Record<string, unknown>;
  if (statusCode !== 201) throw new Error(`POST ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

export async function createGuests(api: Running, count: number): Promise<Guest[]> {
  const pool = new Pool(api.url, { connections: 16 });
  try {
    return await Promise.all(
      Array.from({ length: count }, async () => {
        const { user, token } = await post(pool, "/v1/auth/guest", { name: "Ada" });
        return { id: (user as { id: string }).id, token: String(token) };
      }),
    );
  } finally {
    await pool.close();
  }
}

export interface Writer extends Guest {
  readonly room: string;
}

/** Guests with a room each, and messages in it. */
export async function createWriters(api: Running, count: number, messages: number): Promise<Writer[]> {
  const pool = new Pool(api.url, { connections: 16 });
  try {
    return await Promise.all(
      (await createGuests(api, count)).map(async (guest) => {
        const room = String((await post(pool, "/v1/rooms", { name: "Lobby" }, guest.token)).id);
        for (let number = 0; number < messages; number += 1)
          await post(pool, `/v1/rooms/${room}/messages`, { body: text }, guest.token);
        return { ...guest, room };
      }),
    );
  } finally {
    await pool.close();
  }
}

/** A message of a hundred characters. */
export const text =
  "Everything that is worth saying can be said in a hundred characters, or at least it can be begun here.".slice(
    0,
    100,
  );
