import type pg from "pg";
import { createFigures, type Figures } from "./figures";
import { createFiles, type Files } from "./files";
import { createMembers, type Members } from "./members";
import { createMessages, type Messages } from "./messages";
import { createPayments, type Payments } from "./payments";
import { createRooms, type Rooms } from "./rooms";
import { createSessions, type Sessions } from "./sessions";
import { createUsers, type Users } from "./users";

/** What the services keep in PostgreSQL, a file for each noun. */
export interface Store {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly rooms: Rooms;
  readonly members: Members;
  readonly messages: Messages;
  readonly files: Files;
  readonly payments: Payments;
  readonly figures: Figures;
}

export const createStore = (pool: pg.Pool): Store => ({
  users: createUsers(pool),
  sessions: createSessions(pool),
  rooms: createRooms(pool),
  members: createMembers(pool),
  messages: createMessages(pool),
  files: createFiles(pool),
  payments: createPayments(pool),
  figures: createFigures(pool),
});
