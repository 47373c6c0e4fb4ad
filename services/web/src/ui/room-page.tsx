import { useEffect, useState } from "react";
import type { User } from "../../../contract/accounts";
import type { RoomView } from "../live/room";
import { hashOf } from "../location";
import { Composer } from "./composer";
import { useApp, useValue } from "./hooks";
import { JobsPanel } from "./jobs-panel";
import { Messages } from "./messages";
import { Failure } from "./parts";

interface RoomPageProps {
  readonly id: string;
  readonly user: User;
}

export function RoomPage({ id, user }: RoomPageProps) {
  const { live } = useApp();
  const view = useValue(live.state).rooms[id];
  useEffect(() => {
    live.follow(id);
    return () => live.leave(id);
  }, [live, id]);
  const room = live.room(id);
  if (view === undefined || room === undefined) return null;
  if (view.state === "refused")
    return (
      <section className="card narrow">
        <h1>This room is closed to you</h1>
        <Failure>{view.refusal}</Failure>
        <p>
          <a href={hashOf({ page: "start" })}>Make or join another room</a>
        </p>
      </section>
    );
  return (
    <div className="room">
      <section className="card talk" aria-labelledby="room-name">
        <RoomHead id={id} joined={view.state === "live"} />
        <Messages view={view} room={room} user={user} />
        <Typing view={view} user={user} />
        <Composer room={room} />
      </section>
      <aside>
        <Present view={view} user={user} />
        <JobsPanel />
      </aside>
    </div>
  );
}

/** Name and link of the room. The name is asked for once this user is in it. */
function RoomHead({ id, joined }: { readonly id: string; readonly joined: boolean }) {
  const { api } = useApp();
  const [name, setName] = useState("Room");
  const [copied, setCopied] = useState("");
  useEffect(() => {
    if (!joined) return;
    let shown = true;
    api.room(id).then(
      (room) => shown && setName(room.name),
      () => undefined,
    );
    return () => {
      shown = false;
    };
  }, [api, id, joined]);
  const copy = () =>
    navigator.clipboard.writeText(location.href).then(
      () => setCopied("Copied"),
      () => setCopied("Copy it from the address bar"),
    );
  return (
    <div className="head">
      <h1 id="room-name">{name}</h1>
      <button type="button" className="quiet" onClick={() => void copy()}>
        Copy the link
      </button>
      <span role="status" className="muted">
        {copied}
      </span>
    </div>
  );
}

function Present({ view, user }: { readonly view: RoomView; readonly user: User }) {
  return (
    <section className="card">
      <h2 id="present">Here now</h2>
      {view.state === "live" ? (
        <ul className="present" aria-labelledby="present">
          {view.present.map(({ id, name }) => (
            <li key={id}>
              {name}
              {id === user.id && " (you)"}
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">Not known while there is no connection.</p>
      )}
    </section>
  );
}

function Typing({ view, user }: { readonly view: RoomView; readonly user: User }) {
  const names = view.typing.filter(({ id }) => id !== user.id).map(({ name }) => name);
  const [first, second] = names;
  const text =
    names.length > 2
      ? "Several people are typing"
      : second !== undefined
        ? `${first} and ${second} are typing`
        : first !== undefined
          ? `${first} is typing`
          : "";
  return (
    <p className="typing muted" aria-live="polite">
      {text}
      {text === "" && view.catchingUp && "Reading what you have missed"}
    </p>
  );
}
