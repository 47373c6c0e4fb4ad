-- expand
-- Who did what. Without foreign keys: it outlives what it tells of.
CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id uuid,
  action text NOT NULL,
  -- Id of the room, user, job or file that it was done to.
  target text,
  request_id text,
  address inet,
  detail jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_user_id ON audit_log (user_id, at);

CREATE TABLE statistics (
  taken_at timestamptz PRIMARY KEY DEFAULT now(),
  users bigint NOT NULL,
  guests bigint NOT NULL,
  rooms bigint NOT NULL,
  messages bigint NOT NULL
);

-- Messages come in the order of their time, so a coarse index is small, costs a post nothing, and finds the last day.
CREATE INDEX messages_sent_at ON messages USING brin (sent_at) WITH (autosummarize = on);
