/**
 * A fastify route that reads a page of messages with the API's own calls to Redis (services/runtime/counter.ts) and
 * PostgreSQL (services/runtime/store/messages.ts), and does nothing else.
 */
import Fastify from "fastify";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { answerParent } from "../answer";
import { createPool, createRedis } from "./stores";

const pool = createPool();
const limiter = new RateLimiterRedis({
  storeClient: createRedis(),
  keyPrefix: "bare",
  points: 100_000_000,
  duration: 60,
});
const app = Fastify();

interface Asked {
  Params: { id: string };
  Querystring: { limit: string };
  Headers: { "x-user": string };
}

app.get<Asked>("/v1/rooms/:id/messages", async (request) => {
  const user = request.headers["x-user"];
  const room = request.params.id;
  const limit = Number(request.query.limit);
  await limiter.consume(user);
  const { rows } = await pool.query({
    name: "messages-page",
    text: `SELECT rooms.visibility, room_members.role, page.id, seq, page.user_id, user_name, body, sent_at
       FROM rooms
       LEFT JOIN room_members ON room_members.room_id = rooms.id AND room_members.user_id = $2
       LEFT JOIN LATERAL (
         SELECT messages.id, seq, messages.user_id, users.name AS user_name, body, sent_at
           FROM messages JOIN users ON users.id = messages.user_id
          WHERE messages.room_id = rooms.id AND seq > $3 ORDER BY seq LIMIT $4
       ) AS page ON room_members.role IS NOT NULL
      WHERE rooms.id = $1 ORDER BY seq`,
    values: [room, user, 0, limit + 1],
  });
  const messages = rows.slice(0, limit).map((row) => ({
    id: row.id,
    room,
    seq: Number(row.seq),
    user: { id: row.user_id, name: row.user_name },
    body: row.body,
    sentAt: row.sent_at,
  }));
  return { messages, next: rows.length > limit ? messages.at(-1)?.seq : null };
});
app
  .listen({ port: Number(process.env.PORT), host: "127.0.0.1" })
  .then(() => answerParent(async () => undefined));
