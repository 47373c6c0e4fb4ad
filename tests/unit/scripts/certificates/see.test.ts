import { createServer, type Server, type TlsOptions } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { sitesOf } from "../../../../scripts/operations/certificates";
import { seeCertificate } from "../../../../scripts/operations/certificates/see";
import { makeCertificate } from "../../../support/certificates";
import { freePort } from "../../../support/stores";

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(options: TlsOptions): Promise<number> {
  const port = await freePort();
  const started = createServer(options, (socket) => socket.on("error", () => undefined));
  server = started;
  await new Promise<void>((resolve) => started.listen(port, "127.0.0.1", resolve));
  return port;
}

const wanted = { from: "20200101000000Z", until: "20200401000000Z" };

describe("looking at a site's certificate", () => {
  it("shows its dates and names, though nobody trusts it and it has ended", async () => {
    const { certificate, key } = makeCertificate({ names: ["*.example.com", "example.org"], ...wanted });
    const port = await serve({ cert: certificate, key });
    const seen = (hostname: string) => seeCertificate({ hostname, port }, "127.0.0.1");
    const dates = { from: new Date("2020-01-01T00:00:00Z"), until: new Date("2020-04-01T00:00:00Z") };
    const names = ["*.example.com", "example.org"];
    expect(await seen("api.example.com")).toEqual({ kind: "served", ...dates, names, fits: true });
    expect(await seen("api.example.net")).toEqual({ kind: "served", ...dates, names, fits: false });
  });

  it("asks for the site by name, and sees where the name has none", async () => {
    const asked: string[] = [];
    const port = await serve({
      SNICallback: (name, answer) => {
        asked.push(name);
        answer(new Error("there is none"));
      },
    });
    expect(await seeCertificate({ hostname: "api.example.com", port }, "127.0.0.1")).toEqual({
      kind: "unreachable",
      reason: "ECONNRESET",
    });
    expect(asked).toEqual(["api.example.com"]);
    server?.close();
    expect(await seeCertificate({ hostname: "api.example.com", port: await serve({}) }, "127.0.0.1")).toEqual(
      { kind: "refused" },
    );
  });

  it("says why the proxy cannot be reached", async () => {
    expect(
      await seeCertificate({ hostname: "api.example.com", port: await freePort() }, "127.0.0.1"),
    ).toEqual({ kind: "unreachable", reason: "ECONNREFUSED" });
  });
});

describe("the sites of a stack", () => {
  it("are at the ports of their URLs", () => {
    expect(sitesOf({ api: "https://api.example.com", app: "https://app.example.com:8443" })).toEqual([
      { site: "api", hostname: "api.example.com", port: 443 },
      { site: "app", hostname: "app.example.com", port: 8443 },
    ]);
  });
});
