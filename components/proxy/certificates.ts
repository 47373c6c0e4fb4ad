import { quote } from "../shared/shell";
import type { ProxyRouting } from "./args";

/** Seconds in which the ACME server signs what is new. Caddy asks it a second time one minute after a failure. */
const usualPatience = 90;

/** Where Caddy keeps them: a directory for each authority, and below it one for each name. */
const stored = "/data/caddy/certificates";

/** Prints the names, of those that it is given, for which no ACME server has signed a certificate. */
const missing = [
  "for name; do",
  `  for file in ${stored}/*/"$name/$name.crt"; do`,
  `    case "$file" in ${stored}/local/*) ;; *) if [ -f "$file" ]; then continue 2; fi ;; esac`,
  "  done",
  '  printf "%s " "$name"',
  "done",
].join("\n");

/**
 * Shell command that waits until the proxy in the container `$id` has a certificate for every name, and otherwise fails
 * with the names and the last error of each. Undefined where no ACME server is asked: Caddy takes up a configuration
 * before it has its certificates, and refuses connections to a name without one.
 */
export function awaitCertificates(
  { certificates, sites, redirects }: Pick<ProxyRouting, "certificates" | "sites" | "redirects">,
  patience = usualPatience,
): string | undefined {
  if (certificates.kind !== "acme") return undefined;
  const names = [...sites.map(({ hostname }) => hostname), ...redirects.map(({ from }) => from)];
  return [
    `now=$(date +%s); since=\${since:-$now}; deadline=$((now + ${patience}))`,
    `while missing=$(docker exec "$id" /bin/sh -c ${quote(missing)} sh ${names.map(quote).join(" ")}) || exit 1; [ -n "$missing" ]; do`,
    '  if [ "$(date +%s)" -ge "$deadline" ]; then',
    "    for name in $missing; do",
    // The fields of Caddy's log are in this order, and the text of an error is a JSON string.
    `      error=$(docker logs --since "$since" "$id" 2>&1 | sed -nE 's/.*"identifier":"'"$name"'".*"error":"(([^"\\]|\\\\.)*)".*/\\1/p' | tail -n 1)`,
    `      echo "no certificate for $name within ${patience} s: \${error:-the ACME server has not answered}"`,
    "    done >&2",
    "    exit 1",
    "  fi",
    "  sleep 0.5",
    "done",
  ].join("\n");
}

/** The same for a container that was just made: what it has logged since its start counts as well. */
export const awaitFirstCertificates = (container: string, command: string): string =>
  [`id=${quote(container)}; since=$(docker inspect --format '{{.State.StartedAt}}' "$id")`, command].join(
    "\n",
  );
