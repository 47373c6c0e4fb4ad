import { block } from "./syntax";

/**
 * Parameters of a query whose values are no business of a log: tokens, keys, passwords, signed links, and what OAuth
 * sends back.
 */
const secretParameters = [
  "access_token",
  "api_key",
  "apikey",
  "code",
  "id_token",
  "key",
  "password",
  "refresh_token",
  "secret",
  "signature",
  "state",
  "token",
  "X-Amz-Credential",
  "X-Amz-Security-Token",
  "X-Amz-Signature",
];

/**
 * A log in JSON without secrets, of requests as well as of errors. All headers are left out, and not a list of known
 * ones: beside Authorization and Cookie, tokens stand in Sec-WebSocket-Protocol, Referer, Location and in headers that
 * nobody has thought of.
 */
export const log = (): string[] =>
  block("log", [
    "output stdout",
    ...block("format filter", [
      "request>headers delete",
      "resp_headers delete",
      ...block(
        "request>uri query",
        secretParameters.map((name) => `replace ${name} REDACTED`),
      ),
      "wrap json",
    ]),
  ]);

/** The one header that an access log is worth having. */
export const userAgent = "log_append user_agent {http.request.header.User-Agent}";
