-- expand
CREATE TABLE files (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id),
  room_id uuid REFERENCES rooms (id),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  type text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX files_user_id ON files (user_id, created_at);

-- Each event that Stripe has sent, once, however often it was delivered.
CREATE TABLE stripe_events (
  id text PRIMARY KEY,
  type text NOT NULL,
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX stripe_events_received_at ON stripe_events (received_at);

CREATE TABLE payments (
  -- Stripe's id of the payment intent or check-out session.
  id text PRIMARY KEY,
  event_id text NOT NULL REFERENCES stripe_events (id),
  -- From client_reference_id or metadata.user; null when Stripe names nobody whom we know.
  user_id uuid REFERENCES users (id),
  -- In the currency's smallest unit.
  amount bigint NOT NULL,
  currency text NOT NULL,
  status text NOT NULL,
  updated_at timestamptz NOT NULL
);
