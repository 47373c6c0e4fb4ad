import { describe, expect, it } from "vitest";
import { certificateCell, isLost, judgeCertificate } from "../../../../scripts/operations/certificates/judge";
import type { Seen } from "../../../../scripts/operations/certificates/see";

const site = { site: "api", hostname: "api.example.com" };
const date = (text: string) => new Date(`${text}:00Z`);

/** Ninety days: Caddy renews it on 2030-03-02, and nine tenths of the last third begin on 2030-03-05. */
const ninetyDays = {
  kind: "served",
  from: date("2030-01-01T00:00"),
  until: date("2030-04-01T00:00"),
  fits: true,
  names: ["api.example.com"],
} as const;

const judged = (now: string, kind: "acme" | "internal" | "files" = "acme", seen: Seen = ninetyDays) =>
  judgeCertificate(site, seen, { stack: "qa", kind, now: date(now) });

describe("the certificate of a site", () => {
  it.each(["acme", "internal"] as const)("is good until Caddy's renewal is clearly late: %s", (kind) => {
    for (const now of ["2030-01-01T00:00", "2030-03-02T12:00", "2030-03-04T23:59"])
      expect(judged(now, kind)).toEqual({ ...site, state: "valid", until: "2030-04-01T00:00:00.000Z" });
  });

  it("should have been renewed when less than three tenths of its time are left, and serves on", () => {
    expect(judged("2030-03-05T00:01")).toEqual({
      ...site,
      state: "renewal-overdue",
      until: "2030-04-01T00:00:00.000Z",
      warning:
        "the certificate of api.example.com should have been renewed at 2030-03-02 00:00 UTC and was not; the old one serves until 2030-04-01 00:00 UTC. ./backline logs qa proxy says more.",
    });
  });

  it("goes by its lifetime: one of twelve hours is late after some minutes", () => {
    const short = { ...ninetyDays, until: date("2030-01-01T12:00") };
    expect(judged("2030-01-01T08:20", "internal", short).state).toBe("valid");
    expect(judged("2030-01-01T08:25", "internal", short).state).toBe("renewal-overdue");
  });

  it("has ended at its end, and clients refuse it", () => {
    expect(judged("2030-03-31T23:59").state).toBe("renewal-overdue");
    expect(judged("2030-04-01T00:00")).toEqual({
      ...site,
      state: "expired",
      until: "2030-04-01T00:00:00.000Z",
      warning:
        "the certificate of api.example.com ended at 2030-04-01 00:00 UTC without having been renewed, and clients refuse it; ./backline logs qa proxy says more.",
    });
  });

  it("is warned of two weeks before its end where it was given, and not for a late renewal", () => {
    expect(judged("2030-03-17T23:59", "files")).not.toHaveProperty("warning");
    expect(judged("2030-03-18T00:01", "files")).toMatchObject({
      state: "ends-soon",
      warning:
        "the certificate of api.example.com ends at 2030-04-01 00:00 UTC, and nobody renews it; give a new one (proxy.certificate and proxy.certificateKey).",
    });
    expect(judged("2030-04-02T00:00", "files")).toMatchObject({
      state: "expired",
      warning:
        "the certificate of api.example.com ended at 2030-04-01 00:00 UTC, and clients refuse it; give a new one (proxy.certificate and proxy.certificateKey).",
    });
  });

  it("that is for other names is warned of, also when it has ended", () => {
    const other = { ...ninetyDays, fits: false, names: ["example.org", "*.example.org"] };
    for (const now of ["2030-02-01T00:00", "2030-05-01T00:00"])
      expect(judged(now, "acme", other)).toMatchObject({
        state: "mismatch",
        warning:
          "api.example.com is served with a certificate that is not for it, but for example.org, *.example.org; clients refuse it. ./backline logs qa proxy says more.",
      });
  });

  it("is missing where the proxy refuses TLS", () => {
    expect(judged("2030-01-01T00:00", "acme", { kind: "refused" })).toEqual({
      ...site,
      state: "missing",
      warning:
        "api.example.com has no certificate, so the proxy refuses connections to it; ./backline logs qa proxy says more.",
    });
  });

  it("is not judged where the proxy cannot be reached from here", () => {
    const seen = { kind: "unreachable", reason: "ECONNREFUSED" } as const;
    expect(judged("2030-01-01T00:00", "acme", seen)).toEqual({ ...site, state: "unreachable" });
  });

  it("is lost where clients are refused", () => {
    const states = [
      judged("2030-03-20T00:00"),
      judged("2030-03-20T00:00", "files"),
      judged("2030-04-20T00:00"),
      judged("2030-01-01T00:00", "acme", { kind: "refused" }),
      judged("2030-01-01T00:00", "acme", { kind: "unreachable", reason: "" }),
    ];
    expect(states.map((status) => [status.state, isLost(status)])).toEqual([
      ["renewal-overdue", false],
      ["ends-soon", false],
      ["expired", true],
      ["missing", true],
      ["unreachable", false],
    ]);
  });

  it("is one cell of a table", () => {
    expect(certificateCell(judged("2030-01-01T00:00"))).toBe("until 2030-04-01 00:00 UTC");
    expect(certificateCell(judged("2030-05-01T00:00"))).toBe("ended 2030-04-01 00:00 UTC");
    expect(certificateCell(judged("2030-01-01T00:00", "acme", { kind: "refused" }))).toBe("none");
    expect(certificateCell({ ...site, state: "unreachable" })).toBe("not reachable from here");
    expect(certificateCell({ ...site, state: "mismatch", until: "2030-04-01T00:00:00.000Z" })).toBe(
      "of another name",
    );
  });
});
