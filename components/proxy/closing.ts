import { contentHash } from "../shared/names";
import { block } from "./syntax";

/** Seconds in which a configuration that is replaced still answers beside the one that replaces it. */
const overlap = 2;

/**
 * How a reload loses no request. Go's HTTP server, told to stop, closes connections that are idle, though a request may be
 * on its way over one of them, and those whose first request it has not read. So the old configuration goes on for a
 * moment, in which each of its answers ends the connection: when it stops, the clients are on the new one. Caddy
 * waits so long only where a server stops to listen somewhere: that is the socket, which each configuration has for itself.
 */
export const overlapOption = `shutdown_delay ${overlap}s`;

/** For every site. HTTP/2 and HTTP/3 need no such answers: there the server says which requests it has not taken. */
export const closing = (configuration: string): readonly string[] => [
  'bind ""',
  ...block(`bind unix//tmp/${contentHash(configuration)}.sock`, ["protocols h1"]),
  ...block("@closing", [
    "vars {http.shutting_down} true",
    "not protocol http/2+",
    // An upgrade is told in the same header.
    "not header Connection *pgrade*",
  ]),
  "header @closing Connection close",
];
