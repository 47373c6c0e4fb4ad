import { quote } from "../shared/shell";
import { block } from "./syntax";

/** In the memory of the proxy's container, so that it never outlives it. */
const closingFile = "/tmp/closing";

/** Seconds before a reload in which no connection is kept for another request. */
const closingTime = 2;

/**
 * A reload closes connections that are idle, and a request may be on its way over one of them at that moment. So each
 * answer shortly before says that the connection ends with it, and few are idle when it comes. HTTP/2 and HTTP/3 need
 * none of this: there the server says which requests it has not taken, and clients send those again.
 */
export const closing: readonly string[] = [
  ...block("@closing", [
    "not protocol http/2+",
    // An upgrade is told in the same header.
    "not header Connection *pgrade*",
    ...block("file", ["root /", `try_files ${closingFile}`]),
  ]),
  "header @closing Connection close",
];

/** A shell command for the proxy's container: does something that closes idle connections once few are idle. */
export const afterClosing = (command: string): string =>
  `sh -c ${quote(`touch ${closingFile}; trap 'rm -f ${closingFile}' EXIT; sleep ${closingTime}; ${command}`)}`;

/**
 * A reload opens a second socket on the proxy's port and closes the first. Linux resets connections that the first had
 * not yet accepted, unless this hands them to the second. Since Linux 5.14.
 */
export const keptConnections = { "net.ipv4.tcp_migrate_req": "1" } as const;
