import { createHash } from "node:crypto";
import type { LiveConfig } from "../shared/live-config";
import { commandLine } from "../shared/shell";
import type { RedisPlanArgs } from "./args";

/** Where Redis finds the directory of its users' file. */
export const livePath = "/run/backline-live";

type Passwords = Pick<RedisPlanArgs, "password" | "otherPassword">;

/** The users' file: the one user of all clients, with one password or two, each by its hash. */
export function renderUsers({ password, otherPassword }: Passwords): string {
  const hashes = [password, ...(otherPassword === undefined ? [] : [otherPassword])].map(
    (secret) => `#${createHash("sha256").update(secret.reveal()).digest("hex")}`,
  );
  return `user default on sanitize-payload ${hashes.join(" ")} ~* &* +@all\n`;
}

/**
 * Makes the running Redis read its users' file again, which changes all of it or nothing and closes no connection. Which
 * password it still accepts depends on where an earlier run ended: it is one of those in the files of the last two
 * versions. One that is just being started is waited for.
 */
const reload = [
  // What runs without the directory is about to be replaced.
  `[ -d ${livePath} ] || exit 0`,
  "tries=40",
  "while :; do",
  "  refused=",
  `  for file in ${livePath}/*/redis-password; do`,
  '    answer=$(REDISCLI_AUTH=$(cat "$file") redis-cli ACL LOAD 2>&1)',
  '    case "$answer" in',
  "      *WRONGPASS*) ;;",
  '      *"Could not connect"*) refused=1 ;;',
  "      *OK) exit 0 ;;",
  '      *) echo "$answer" >&2; exit 1 ;;',
  "    esac",
  "  done",
  '  [ -n "$refused" ] || { echo "Redis accepts none of its passwords" >&2; exit 1; }',
  '  tries=$((tries - 1)); [ "$tries" -gt 0 ] || { echo "$answer" >&2; exit 1; }',
  "  sleep 0.25",
  "done",
].join("\n");

/**
 * The passwords as files that are there before Redis knows of them, so that it accepts the same ones when it is started
 * at any moment of a change.
 */
export const planPasswords = (owner: string, passwords: Passwords): LiveConfig => ({
  service: "redis",
  owner,
  files: [
    { name: "users.acl", content: renderUsers(passwords) },
    { name: "redis-password", content: passwords.password },
  ],
  validate: 'test -s "$dir/users.acl"',
  reload: `docker exec "$id" ${commandLine(["sh", "-c", reload])}`,
});
