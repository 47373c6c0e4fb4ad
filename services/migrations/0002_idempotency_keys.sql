-- expand
-- One row for each request that was made under an Idempotency-Key, written in the transaction of its effect.
CREATE TABLE idempotency_keys (
  user_id uuid NOT NULL REFERENCES users (id),
  key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
  -- Hash of method, path and body: another request under the same key is refused.
  fingerprint text NOT NULL,
  -- The first answer's body. Null only inside the transaction that produces it.
  answer jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, key)
);

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
