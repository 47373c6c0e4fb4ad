/** Certificates of a real ACME server for the proxy as a stack has it: obtained, kept, renewed, and not renewed. */
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CertificateStatus } from "../../../scripts/operations/certificates";
import { lookAtCertificates, sitesOf } from "../../../scripts/operations/certificates";
import { elsewhere, ProxyOfStack } from "../../support/acme/proxy";
import { type AcmeServer, startAcmeServer } from "../../support/acme/server";
import { Client, eventually } from "../../support/client";
import { startPace } from "../../support/load/pace";
import { apiSite, routingOf } from "../../support/proxy-settings";

/** Seconds that a certificate is good for: it is renewed after 30. */
const validity = 45;

const hostnames = { api: "api.backline.test", app: "app.backline.test" };

const site = (name: string, hostname: string) => ({ ...apiSite, name, hostname });
const sites = Object.entries(hostnames).map(([name, hostname]) => site(name, hostname));

describe("certificates of an ACME server", () => {
  const proxy = new ProxyOfStack();
  let server: AcmeServer;
  let folder: string;
  /** Trusts the ACME server's authority alone. */
  let client: Client;
  let requests: Requests | undefined;

  const routing = (more: Parameters<typeof routingOf>[1] = {}, acme: object = {}) =>
    routingOf(
      {
        certificates: "acme",
        acme: { directory: server.directory, rootCertificate: server.rootCertificate, ...acme },
      },
      {
        sites,
        ...more,
        upstreams: {
          api: {
            ...{ containers: [proxy.service], port: 3000, healthPort: 3091, healthPath: "/health" },
            ...{ sticky: false, bodyLimit: 1024 },
          },
        },
      },
    );

  /** What `./backline status` shows. */
  const status = () => {
    const urls = Object.entries(hostnames).map(([name, host]) => [
      name,
      `https://${host}:${proxy.httpsPort}`,
    ]);
    return lookAtCertificates(sitesOf(Object.fromEntries(urls)), {
      target: { stack: proxy.stack },
      address: "127.0.0.1",
      kind: "acme",
    });
  };
  const states = async () => (await status()).map(({ state }) => state);

  const served = (hostname: string) => {
    const { httpsPort: port } = proxy;
    return new Promise<X509Certificate>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, servername: hostname, rejectUnauthorized: false });
      socket.on("error", reject);
      socket.on("secureConnect", () => {
        const certificate = socket.getPeerX509Certificate();
        socket.destroy();
        if (certificate === undefined) reject(new Error(`${hostname} has shown no certificate`));
        else resolve(certificate);
      });
    });
  };
  const serials = async () =>
    Promise.all(Object.values(hostnames).map(async (hostname) => (await served(hostname)).serialNumber));

  const ask = (hostname: string) => client.request(`https://${hostname}:${proxy.httpsPort}/`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "backline-acme-client-"));
    await proxy.prepare();
    server = await startAcmeServer(proxy.edge, validity);
    const root = join(folder, "root.pem");
    await writeFile(root, await server.root());
    client = new Client(root);
  });

  afterAll(async () => {
    requests?.stop();
    await server?.remove();
    await proxy.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it("that cannot be obtained fail a deploy, which says of which name and why", async () => {
    const wrong = routing({}, { directory: "https://nowhere.backline.test/directory" });
    await proxy.configure(wrong);
    const reason = "within 15 s: .*lookup nowhere\\.backline\\.test";
    await expect(proxy.run(wrong)).rejects.toThrow(
      new RegExp(
        `no certificate for api\\.backline\\.test ${reason}.*\\nno certificate for app\\.backline\\.test ${reason}`,
      ),
    );
    expect(await states()).toEqual(["missing", "missing"]);
  });

  it("are obtained for every site before a deploy goes on", async () => {
    await proxy.configure(routing());
    const signer = new X509Certificate(await server.intermediate());
    for (const hostname of Object.values(hostnames)) {
      const certificate = await served(hostname);
      expect(certificate.checkIssued(signer) && certificate.verify(signer.publicKey)).toBe(true);
      expect(certificate.checkHost(hostname)).toBe(hostname);
      expect(await ask(hostname)).toMatchObject({ status: 200, body: "served" });
    }
    expect(await status()).toEqual(
      Object.entries(hostnames).map(([name, hostname]) => ({
        ...{ site: name, hostname, state: "valid" },
        until: expect.stringMatching(/^\d{4}-.*Z$/),
      })),
    );
  });

  it("are on the volume with the account, so that a new container of the proxy serves the same", async () => {
    const before = await serials();
    await proxy.run(routing());
    expect(await serials()).toEqual(before);
  });

  it("that cannot be obtained refuse a new configuration, and the old one serves on", async () => {
    const before = await proxy.configuration();
    expect(before).toContain(hostnames.api);
    const more = routing({ sites: [...sites, site("new", elsewhere)] });
    await expect(proxy.configure(more)).rejects.toThrow(
      /no certificate for new\.backline\.test within 15 s: .*urn:ietf:params:acme:error/,
    );
    await expect(served(elsewhere)).rejects.toThrow(/alert internal error/);
    expect(await proxy.configuration()).toBe(before);
    for (const hostname of Object.values(hostnames))
      expect(await ask(hostname)).toMatchObject({ status: 200, body: "served" });
  });

  it("are renewed while requests go on", async () => {
    const first = await serials();
    requests = new Requests(client, Object.values(hostnames), proxy.httpsPort);
    const next = await eventually(
      "other certificates",
      async () => {
        const now = await serials();
        return now.every((serial) => !first.includes(serial)) ? now : undefined;
      },
      2 * validity,
    );
    expect(new Set([...first, ...next]).size).toBe(4);
    expect(await states()).toEqual(["valid", "valid"]);
  });

  it("serve on while the ACME server is down, and the status warns of each", async () => {
    await server.stop();
    const old = await serials();
    const found = await eventually(
      "a warning of each with the reason",
      async () => {
        const now = await status();
        return now.every(({ warning }) => warning?.includes("Last error")) ? now : undefined;
      },
      2 * validity,
    );
    expect(found.map(({ state }) => state)).toEqual(["renewal-overdue", "renewal-overdue"]);
    expect(await serials()).toEqual(old);
    for (const { hostname, warning } of found)
      expect(warning).toMatch(
        new RegExp(
          `^the certificate of ${hostname} should have been renewed at .* UTC and was not; the old one serves until .* UTC\\. \\./backline logs ${proxy.stack} proxy says more\\. Last error there: .*https://acme:14000/`,
        ),
      );
    requests?.stop();
    await requests?.done();
    expect(requests?.failures).toEqual([]);
    expect(requests?.answered).toBeGreaterThan(2 * validity);
  });

  it("are said to have ended when they have, and are renewed when the ACME server is back", async () => {
    await whenAll("expired");
    await server.start();
    const renewed = await whenAll("valid", 100);
    expect(renewed.filter(({ warning }) => warning !== undefined)).toEqual([]);
    for (const hostname of Object.values(hostnames))
      expect(await ask(hostname)).toMatchObject({ status: 200 });
  });

  const whenAll = (state: CertificateStatus["state"], seconds = 2 * validity) =>
    eventually(
      `all to be ${state}`,
      async () => {
        const found = await status();
        return found.every((certificate) => certificate.state === state) ? found : undefined;
      },
      seconds,
    );
});

/** Steady requests of clients that trust the authority alone, each over a connection of its own. */
class Requests {
  answered = 0;
  readonly failures: string[] = [];
  readonly stop: () => void;
  readonly #open = new Set<Promise<void>>();

  constructor(client: Client, hostnames: readonly string[], port: number) {
    this.stop = startPace(10, (turn) => {
      const hostname = hostnames[turn % hostnames.length];
      const request = client
        .request(`https://${hostname}:${port}/`)
        .then(({ status }) => {
          if (status === 200) this.answered += 1;
          else this.failures.push(`${hostname}: ${status}`);
        })
        .catch((error: unknown) => void this.failures.push(`${hostname}: ${String(error)}`))
        .finally(() => this.#open.delete(request));
      this.#open.add(request);
    });
  }

  /** Resolves when all is answered that was sent. */
  async done(): Promise<void> {
    await Promise.all(this.#open);
  }
}
