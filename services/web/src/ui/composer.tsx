import { type SyntheticEvent, useId, useState } from "react";
import type { Room } from "../live/room";

/** Characters: as many as the contract allows. */
const longest = 4_000;

export function Composer({ room }: { readonly room: Room }) {
  const id = useId();
  const [text, setText] = useState("");
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = text.trim();
    if (body === "") return;
    room.post(body);
    setText("");
  };
  return (
    <form className="composer" onSubmit={submit}>
      <label htmlFor={id} className="unseen">
        Message
      </label>
      <input
        id={id}
        value={text}
        maxLength={longest}
        placeholder="Write a message"
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          room.type(event.target.value !== "");
        }}
      />
      <button type="submit">Send</button>
    </form>
  );
}
