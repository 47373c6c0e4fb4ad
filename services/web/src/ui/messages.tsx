import { useLayoutEffect, useRef } from "react";
import type { User } from "../../../contract/accounts";
import type { Room, RoomView } from "../live/room";
import { useAction } from "./hooks";
import { Failure } from "./parts";

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

interface MessagesProps {
  readonly view: RoomView;
  readonly room: Room;
  readonly user: User;
}

/** Keeps the newest message in sight, unless the reader has scrolled up to older ones. */
function useStickToEnd(count: number) {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number of lines is what makes the list longer
  useLayoutEffect(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [count]);
  const onScroll = () => {
    const { current } = list;
    if (current) atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < 40;
  };
  return { list, onScroll };
}

export function Messages({ view, room, user }: MessagesProps) {
  const { run, busy, error } = useAction();
  const { list, onScroll } = useStickToEnd(view.messages.length + view.outgoing.length);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="messages" ref={list} onScroll={onScroll} tabIndex={0} role="log" aria-label="Messages">
      {view.earlier && (
        <button
          type="button"
          className="quiet"
          disabled={busy}
          onClick={() => void run(() => room.readEarlier())}
        >
          Show earlier messages
        </button>
      )}
      {error !== undefined && <Failure>{error}</Failure>}
      <ol>
        {view.messages.map((message) => (
          <li key={message.seq} className={message.user.id === user.id ? "message own" : "message"}>
            <span className="author">{message.user.name}</span>{" "}
            <time dateTime={message.sentAt}>{time.format(new Date(message.sentAt))}</time>
            <p>{message.body}</p>
          </li>
        ))}
        {view.outgoing.map(({ key, body, refusal }) => (
          <li key={key} className="message own outgoing">
            <span className="author">{user.name}</span>{" "}
            <span className="muted">{refusal === undefined ? "sending" : "not sent"}</span>
            <p>{body}</p>
            {refusal !== undefined && (
              <>
                <Failure>{refusal}</Failure>
                <button type="button" className="quiet" onClick={() => room.retry(key)}>
                  Try again
                </button>
                <button type="button" className="quiet" onClick={() => room.discard(key)}>
                  Discard
                </button>
              </>
            )}
          </li>
        ))}
      </ol>
      {view.messages.length + view.outgoing.length === 0 && view.state === "live" && (
        <p className="muted">Nobody has written anything yet.</p>
      )}
    </div>
  );
}
