import { type SyntheticEvent, useState } from "react";
import { useAction, useApp } from "./hooks";
import { Failure, Field } from "./parts";

const ways = { guest: "As a guest", "sign-in": "With e-mail", "sign-up": "New account" } as const;
type Way = keyof typeof ways;

const buttons: Readonly<Record<Way, string>> = {
  guest: "Enter as a guest",
  "sign-in": "Sign in",
  "sign-up": "Make the account",
};

export function SignIn({ invited }: { readonly invited: boolean }) {
  const { session } = useApp();
  const [way, setWay] = useState<Way>("guest");
  const { run, busy, error } = useAction();
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string): string => String(data.get(name) ?? "").trim();
    const password = String(data.get("password") ?? "");
    void run(() => {
      if (way === "guest") return session.guest(text("name"));
      if (way === "sign-in") return session.signIn(text("email"), password);
      return session.signUp({ name: text("name"), email: text("email"), password });
    });
  };
  return (
    <section className="card narrow">
      <h1>{invited ? "Join the room" : "Welcome"}</h1>
      <p>
        {invited
          ? "You were sent a link to a room. Say who you are, and you are in it."
          : "Rooms with live messages, and jobs whose progress you can watch."}
      </p>
      <form onSubmit={submit}>
        <fieldset className="choice">
          <legend>How do you want to enter?</legend>
          {Object.entries(ways).map(([value, label]) => (
            <label key={value}>
              <input
                type="radio"
                name="way"
                value={value}
                checked={way === value}
                onChange={() => setWay(value as Way)}
              />
              {label}
            </label>
          ))}
        </fieldset>
        {way !== "sign-in" && (
          <Field label="Your name" name="name" required maxLength={80} autoComplete="nickname" />
        )}
        {way !== "guest" && (
          <>
            <Field
              label="E-mail"
              name="email"
              type="email"
              required
              maxLength={254}
              autoComplete="username"
            />
            <Field
              label="Password"
              name="password"
              type="password"
              required
              maxLength={200}
              {...(way === "sign-up"
                ? { minLength: 10, autoComplete: "new-password", hint: "10 characters or more" }
                : { autoComplete: "current-password" })}
            />
          </>
        )}
        {error !== undefined && <Failure>{error}</Failure>}
        <button type="submit" disabled={busy}>
          {buttons[way]}
        </button>
      </form>
    </section>
  );
}
