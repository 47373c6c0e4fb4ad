import { describe, expect, it } from "vitest";
import { neighbours, serveSites } from "../support/served-sites";

describe("maintenance", () => {
  const text = 'Back at {noon}, `we` "promise" <soon> {$HOME} {http.request.host}';

  it("answers a page to browsers and a problem to programs", async () => {
    const { served } = await serveSites({ maintenance: text });
    try {
      const page = await served.https("app.localhost", "/any/path", { headers: { accept: "text/html,*/*" } });
      expect([page.status, page.headers["retry-after"], page.headers["content-type"]]).toEqual([
        503,
        "120",
        "text/html; charset=utf-8",
      ]);
      expect(page.body).toContain(
        "<p>Back at &#123;noon&#125;, &#96;we&#96; &quot;promise&quot; &lt;soon&gt; &#123;$HOME&#125; &#123;http.request.host&#125;</p>",
      );
      expect(page.body).toContain("<style>body{font:");
      expect(page.headers["content-security-policy"]).toContain("style-src 'sha256-");
      const problem = await served.https("api.localhost", "/v1/me", { method: "POST" });
      expect([problem.status, problem.headers["content-type"]]).toEqual([503, "application/problem+json"]);
      expect(JSON.parse(problem.body)).toEqual({
        type: "urn:backline:problem:maintenance",
        title: "Closed for maintenance",
        status: 503,
        detail: text,
        code: "maintenance",
        retryAfter: 120,
      });
    } finally {
      await served.remove();
    }
  });

  it("lets in who is on the list, and nobody else", async () => {
    const open = await serveSites({ maintenance: true, maintenanceAllow: neighbours });
    const closed = await serveSites({ maintenance: true, maintenanceAllow: ["203.0.113.7/32"] });
    try {
      expect((await open.served.https("api.localhost", "/")).status).toBe(200);
      expect((await closed.served.https("api.localhost", "/")).status).toBe(503);
    } finally {
      await open.served.remove();
      await closed.served.remove();
    }
  });

  it("begins and ends by a reload", async () => {
    const { served, reload } = await serveSites({});
    const status = async () => (await served.https("api.localhost", "/")).status;
    try {
      await reload({ maintenance: true });
      expect(await status()).toBe(503);
      await reload({ maintenance: false });
      expect(await status()).toBe(200);
    } finally {
      await served.remove();
    }
  });
});
