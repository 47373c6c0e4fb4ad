import { describe, expect, it } from "vitest";
import { lastCertificateError } from "../../../../scripts/operations/certificates/proxy-errors";

const line = (fields: object) => JSON.stringify({ level: "error", ts: 1, logger: "tls.renew", ...fields });
const failed = (identifier: string, error: string) =>
  line({ msg: "could not get certificate from issuer", identifier, issuer: "acme.example.com", error });

const last = (...lines: readonly string[]) => lastCertificateError(lines.join("\n"), "api.example.com");

describe("the last error about a certificate in the proxy's log", () => {
  it("is the last one of this name", () => {
    expect(
      last(
        failed("api.example.com", "first"),
        failed("api.example.com", "second"),
        failed("app.example.com", "of another name"),
      ),
    ).toBe("second");
  });

  it("is found by any of the ways in which Caddy names what it is about", () => {
    expect(last(line({ msg: "x", identifiers: ["api.example.com"], error: "a list" }))).toBe("a list");
    expect(last(line({ logger: "tls", msg: "job failed", error: "[api.example.com] Renew: no" }))).toBe(
      "[api.example.com] Renew: no",
    );
  });

  it("is none of requests, of warnings or of lines that are no JSON", () => {
    expect(
      last(
        line({ logger: "http.log.access", identifier: "api.example.com", error: "a request with tls" }),
        line({ level: "info", identifier: "api.example.com", error: "tells of an error" }),
        'panic: "tls" of api.example.com',
        line({ msg: "without an error", identifier: "api.example.com" }),
      ),
    ).toBeUndefined();
  });

  it("tells of URLs no account, password, path or query", () => {
    expect(
      last(
        failed(
          "api.example.com",
          'Get "https://me:secret@acme.example.com:14000/dir/account?key=secret": http://a.example.com/.well-known/acme-challenge/token no answer',
        ),
      ),
    ).toBe('Get "https://acme.example.com:14000/...": http://a.example.com/... no answer');
  });

  it("is one line of bounded length without control characters", () => {
    const text = last(failed("api.example.com", `a\n\u001b[31m${"x".repeat(1_000)}`));
    expect(text).toBe(`a [31m${"x".repeat(294)}...`);
  });
});
