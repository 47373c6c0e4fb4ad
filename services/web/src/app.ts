import { Api } from "./api/client";
import { Session } from "./api/session";
import type { Config } from "./config";
import { Jobs } from "./jobs";
import { browserSocket } from "./live/browser-socket";
import { LiveClient } from "./live/client";

/** Everything that the pages work with, in a browser. */
export interface App {
  readonly session: Session;
  readonly api: Api;
  readonly live: LiveClient;
  readonly jobs: Jobs;
}

export function createApp(config: Config): App {
  const newKey = (): string => crypto.randomUUID();
  const session = new Session({
    api: config.api,
    storage: localStorage,
    // The lock's type does not say that it answers what the task answers.
    exclusively: async (name, task) => await navigator.locks.request(name, task),
    fetch: fetch.bind(window),
  });
  const api = new Api({
    api: config.api,
    session,
    fetch: fetch.bind(window),
    newKey,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  const jobs = new Jobs(api);
  const live = new LiveClient({
    open: browserSocket(config.socket),
    token: (refused) => session.access(refused),
    history: (room, after, limit) => api.messages(room, after, limit),
    newKey,
    onJob: (job) => jobs.take(job),
    // The list is a convenience: without it the page shows what it has.
    onOnline: () => void jobs.reload().catch(() => undefined),
  });
  followSession(session, live, jobs);
  for (const event of ["online", "focus", "pageshow"]) window.addEventListener(event, () => live.wake());
  window.addEventListener("storage", () => session.storageChanged());
  return { session, api, live, jobs };
}

/** There is a connection exactly while somebody is signed in, and nothing of one user stays for the next. */
function followSession(session: Session, live: LiveClient, jobs: Jobs): void {
  let user: string | undefined;
  const follow = (): void => {
    const next = session.user.get()?.id;
    if (next === user) return;
    user = next;
    live.stop();
    jobs.clear();
    if (next !== undefined) live.start();
  };
  session.user.subscribe(follow);
  follow();
}
