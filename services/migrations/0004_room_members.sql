-- expand
ALTER TABLE rooms
  ADD COLUMN visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'private'));

CREATE TABLE room_members (
  room_id uuid NOT NULL REFERENCES rooms (id),
  user_id uuid NOT NULL REFERENCES users (id),
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'moderator', 'member')),
  joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (room_id, user_id)
);

CREATE INDEX room_members_user_id ON room_members (user_id, joined_at, room_id);

-- Who makes a room owns it, also when the release before makes it, which knows no members.
CREATE FUNCTION add_room_owner() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO room_members (room_id, user_id, role) VALUES (NEW.id, NEW.created_by, 'owner')
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER rooms_owner AFTER INSERT ON rooms FOR EACH ROW EXECUTE FUNCTION add_room_owner();

-- Who made a room owns it; who has written in it is a member.
INSERT INTO room_members (room_id, user_id, role, joined_at)
SELECT id, created_by, 'owner', created_at FROM rooms;

INSERT INTO room_members (room_id, user_id, joined_at)
SELECT room_id, user_id, min(sent_at) FROM messages GROUP BY room_id, user_id
ON CONFLICT DO NOTHING;
