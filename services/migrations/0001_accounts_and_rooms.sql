-- expand
CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
  guest boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE rooms (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
  created_by uuid NOT NULL REFERENCES users (id),
  -- Sequence number of the last message: its row lock is what hands the numbers out one by one.
  last_seq bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE messages (
  room_id uuid NOT NULL REFERENCES rooms (id),
  seq bigint NOT NULL CHECK (seq > 0),
  id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id),
  body text NOT NULL CHECK (char_length(body) BETWEEN 1 AND 4000),
  sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (room_id, seq)
);

-- Stores a message under the room's next number. No row comes back when there is no such room. A number is taken
-- and used in one transaction, so a failed message leaves no gap; concurrent callers wait for each other's commit.
CREATE FUNCTION post_message(in_room uuid, in_user uuid, in_body text)
RETURNS TABLE (id uuid, seq bigint, sent_at timestamptz)
LANGUAGE sql
AS $$
  WITH numbered AS (
    UPDATE rooms SET last_seq = rooms.last_seq + 1 WHERE rooms.id = in_room RETURNING rooms.id, rooms.last_seq
  )
  INSERT INTO messages (room_id, seq, user_id, body)
  SELECT numbered.id, numbered.last_seq, in_user, in_body FROM numbered
  RETURNING messages.id, messages.seq, messages.sent_at
$$;
