import { type SyntheticEvent, useEffect, useState } from "react";
import type { Room } from "../../../contract/rooms";
import { hashOf, roomIn } from "../location";
import { useAction, useApp } from "./hooks";
import { JobsPanel } from "./jobs-panel";
import { Failure, Field } from "./parts";

const open = (id: string): void => {
  location.hash = hashOf({ page: "room", id });
};

function MakeRoom() {
  const { api } = useApp();
  const { run, busy, error } = useAction();
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    void run(async () => open((await api.createRoom(name)).id));
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>Make a room</h2>
      <Field label="Name of the room" name="name" required maxLength={120} autoComplete="off" />
      {error !== undefined && <Failure>{error}</Failure>}
      <button type="submit" disabled={busy}>
        Make the room
      </button>
    </form>
  );
}

function JoinRoom() {
  const [error, setError] = useState<string>();
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const id = roomIn(String(new FormData(event.currentTarget).get("link") ?? ""));
    if (id === undefined) setError("This is no link to a room. Copy it again from whoever sent it.");
    else open(id);
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>Join a room</h2>
      <Field label="Link that you were sent" name="link" required autoComplete="off" />
      {error !== undefined && <Failure>{error}</Failure>}
      <button type="submit">Join the room</button>
    </form>
  );
}

function YourRooms() {
  const { api } = useApp();
  const [rooms, setRooms] = useState<readonly Room[]>([]);
  useEffect(() => {
    let shown = true;
    // A convenience: the forms beside it work without it.
    api.rooms().then(
      (page) => shown && setRooms(page.rooms),
      () => undefined,
    );
    return () => {
      shown = false;
    };
  }, [api]);
  if (rooms.length === 0) return null;
  return (
    <section className="card">
      <h2>Your rooms</h2>
      <ul className="links">
        {rooms.map(({ id, name }) => (
          <li key={id}>
            <a href={hashOf({ page: "room", id })}>{name}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Start() {
  return (
    <div className="grid">
      <h1 className="wide">Start</h1>
      <MakeRoom />
      <JoinRoom />
      <YourRooms />
      <JobsPanel />
    </div>
  );
}
