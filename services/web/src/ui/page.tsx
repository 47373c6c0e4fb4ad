import { useEffect, useState } from "react";
import { hashOf, type Place, placeOf } from "../location";
import { ConnectionState } from "./connection-state";
import { useApp, useValue } from "./hooks";
import { RoomPage } from "./room-page";
import { SignIn } from "./sign-in";
import { Start } from "./start";

function usePlace(): Place {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return placeOf(hash);
}

export function Page() {
  const { session } = useApp();
  const user = useValue(session.user);
  const place = usePlace();
  return (
    <>
      <button type="button" className="skip" onClick={toContent}>
        Skip to the content
      </button>
      <header className="bar">
        <a className="brand" href={hashOf({ page: "start" })}>
          Backline
        </a>
        {user !== undefined && (
          <>
            <ConnectionState />
            <span className="who">{user.name}</span>
            <button type="button" className="quiet" onClick={() => void session.signOut()}>
              Sign out
            </button>
          </>
        )}
      </header>
      <main id="content" tabIndex={-1}>
        {user === undefined ? (
          <SignIn invited={place.page === "room"} />
        ) : place.page === "room" ? (
          <RoomPage key={place.id} id={place.id} user={user} />
        ) : (
          <Start />
        )}
      </main>
    </>
  );
}

/** A link would change the hash, which names the room. */
function toContent(): void {
  document.getElementById("content")?.focus();
}
