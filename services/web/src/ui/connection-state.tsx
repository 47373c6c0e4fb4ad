import { useEffect, useState } from "react";
import type { ConnectionStatus } from "../live/connection";
import { useApp, useValue } from "./hooks";

/** Whole seconds from now to `until`, counted down. */
function useSecondsTo(until: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (until === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [until]);
  return until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
}

const words: Readonly<Record<ConnectionStatus["state"], string>> = {
  connecting: "Connecting",
  online: "Connected",
  waiting: "Connection lost",
  stopped: "Disconnected",
};

/** Whether the page is live; what is said changes with the state alone, so that the count is not read out. */
export function ConnectionState() {
  const { live } = useApp();
  const { connection } = useValue(live.state);
  const seconds = useSecondsTo(connection.state === "waiting" ? connection.until : undefined);
  return (
    <div className="connection" data-state={connection.state}>
      <span role="status">{words[connection.state]}</span>
      {connection.state === "waiting" && (
        <>
          {seconds > 0 && (
            <span className="count" aria-hidden="true">
              , next try in {seconds} s
            </span>
          )}
          <button type="button" className="quiet" onClick={() => live.wake()}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}
