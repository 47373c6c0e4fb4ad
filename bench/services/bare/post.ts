/** Stores messages with the function that the API calls (services/runtime/store/messages.ts), each alone, without an API. */
import { answerParent, rate } from "../answer";
import { createPool } from "./stores";

const pool = createPool();

answerParent(
  async ({
    writers,
    atOnce,
    seconds,
    body,
  }: {
    writers: { user: string; room: string }[];
    atOnce: number;
    seconds: number;
    body: string;
  }) =>
    rate(atOnce, seconds, async (turn) => {
      const { room, user } = writers[turn % writers.length] ?? {};
      await pool.query({
        name: "post-message",
        text: "SELECT problem, replayed, id, seq, user_name, body, sent_at, outbox_id FROM post_message($1, $2, $3, $4)",
        values: [room, user, body, null],
      });
    }),
);
