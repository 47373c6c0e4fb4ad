import { describe, expect, it } from "vitest";
import { usable } from "../../../stacks/settings/usable";

describe("usable", () => {
  it("leaves out what is wrong, and keeps what is right beside it", () => {
    expect(usable({ domain: "my_app.example.com", redis: { memory: "1Gi", cpu: "much" }, zzz: 1 })).toEqual({
      redis: { memory: 1024 },
    });
  });

  it("leaves out an entry whose needed key was wrong, and keeps the others", () => {
    const good = { from: "www.example.com", to: "example.com" };
    const redirects = [{ from: "a_b.example.com", to: "example.com" }, good, { to: "example.com" }];
    expect(usable({ proxy: { redirects } })).toEqual({ proxy: { redirects: [good] } });
  });

  it("leaves out several entries of one list", () => {
    const trustedProxies = ["a", "cloudflare", "b", "203.0.113.0/24", "c"];
    expect(usable({ proxy: { trustedProxies } })).toEqual({
      proxy: { trustedProxies: ["cloudflare", "203.0.113.0/24"] },
    });
  });

  it("leaves out a list of which nothing is left that may not be empty", () => {
    expect(usable({ proxy: { clientIpHeaders: ["a b"], httpPort: 8080 } })).toEqual({
      proxy: { httpPort: 8080 },
    });
  });
});
