-- expand
-- What is to be announced about committed changes: see services/contract/outbox.ts.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL,
  payload jsonb NOT NULL,
  -- When the worker may announce it, if the process that wrote it has not.
  due_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '2 seconds',
  attempts integer NOT NULL DEFAULT 0
);

CREATE INDEX outbox_due_at ON outbox (due_at);

ALTER TABLE messages ADD COLUMN key text CHECK (char_length(key) BETWEEN 1 AND 64);

CREATE UNIQUE INDEX messages_key ON messages (room_id, user_id, key) WHERE key IS NOT NULL;

-- Stores a message of a member under the room's next number, and its announcement with it; under a key, once. `problem`
-- says why it was not stored. The function of three arguments stays for the release before.
CREATE FUNCTION post_message(in_room uuid, in_user uuid, in_body text, in_key text)
RETURNS TABLE (
  problem text, replayed boolean, id uuid, seq bigint, user_name text, body text, sent_at timestamptz, outbox_id bigint
)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT users.name INTO user_name
    FROM room_members JOIN users ON users.id = room_members.user_id
   WHERE room_members.room_id = in_room AND room_members.user_id = in_user;
  IF NOT FOUND THEN
    problem := CASE
      WHEN NOT EXISTS (SELECT FROM users WHERE users.id = in_user) THEN 'unauthorized'
      WHEN EXISTS (SELECT FROM rooms WHERE rooms.id = in_room AND visibility = 'public') THEN 'not_a_member'
      ELSE 'room_not_found'
    END;
    RETURN NEXT;
    RETURN;
  END IF;
  IF in_key IS NOT NULL THEN
    -- Whoever sends the same message at the same time waits here, and then finds it.
    PERFORM FROM rooms WHERE rooms.id = in_room FOR UPDATE;
    SELECT messages.id, messages.seq, messages.body, messages.sent_at INTO id, seq, body, sent_at
      FROM messages
     WHERE messages.room_id = in_room AND messages.user_id = in_user AND messages.key = in_key;
    IF FOUND THEN
      replayed := true;
      IF body <> in_body THEN
        problem := 'idempotency_key_reused';
      END IF;
      RETURN NEXT;
      RETURN;
    END IF;
  END IF;
  replayed := false;
  body := in_body;
  -- The room's row lock hands the numbers out one by one, each together with its message or not at all.
  UPDATE rooms SET last_seq = rooms.last_seq + 1 WHERE rooms.id = in_room RETURNING rooms.last_seq INTO seq;
  INSERT INTO messages (room_id, seq, user_id, body, key) VALUES (in_room, seq, in_user, in_body, in_key)
  RETURNING messages.id, messages.sent_at INTO id, sent_at;
  INSERT INTO outbox (topic, payload) VALUES ('message', jsonb_build_object('room', in_room, 'seq', seq))
  RETURNING outbox.id INTO outbox_id;
  RETURN NEXT;
END
$$;
