import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awaitCertificates, awaitFirstCertificates } from "../../../../components/proxy/certificates";
import { apiSite, routingOf } from "../../../support/proxy-settings";

const log = (fields: object) => JSON.stringify({ level: "error", logger: "tls.obtain", ...fields });

describe("waiting for certificates", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "backline-certificates-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const routing = (keys: Record<string, unknown>) =>
    routingOf(keys, { sites: [apiSite, { ...apiSite, name: "app", hostname: "app.example.com" }] });

  /** Puts a certificate where Caddy does, below the test's own directory. */
  function store(authority: string, name: string): void {
    const folder = join(directory, "certificates", authority, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.crt`), "");
  }

  /** Runs the command against a `docker` whose container is this directory, and whose logs are these lines. */
  async function run({ redirects = [] as object[], lines = [] as string[], patience = 0 } = {}) {
    writeFileSync(join(directory, "log"), lines.join("\n"));
    writeFileSync(
      join(directory, "docker"),
      `#!/bin/sh\ncase "$1" in inspect) echo 2030-01-31T12:00:00Z ;; exec) shift 2; exec "$@" ;; logs) [ "$2 $3 $4" = "--since 2030-01-31T12:00:00Z proxy-id" ] && cat "${directory}/log" ;; esac\n`,
    );
    chmodSync(join(directory, "docker"), 0o755);
    const command = awaitCertificates(routing({ certificates: "acme", redirects }), patience);
    const here = command?.replaceAll("/data/caddy/", `${directory}/`) ?? "";
    const script = `set -eu\n${awaitFirstCertificates("proxy-id", here)}`;
    const env = { PATH: `${directory}:${process.env.PATH ?? ""}` };
    const { exitCode, stderr } = await execa("sh", ["-c", script], { env, reject: false });
    return { exitCode, stderr };
  }

  it("is for those of an ACME server alone", () => {
    expect(awaitCertificates(routing({ certificates: "internal" }))).toBeUndefined();
    const files = { certificates: "files", certificate: "a", certificateKey: "b" };
    expect(awaitCertificates(routing(files))).toBeUndefined();
  });

  it("ends well when there is one for every name, of whichever ACME server", async () => {
    store("acme-v02.api.letsencrypt.org-directory", "api.example.com");
    store("acme.example.com-directory", "app.example.com");
    expect(await run()).toEqual({ exitCode: 0, stderr: "" });
  });

  it("asks again until they are there", async () => {
    store("acme.example.com-directory", "api.example.com");
    const waiting = run({ patience: 60 });
    store("acme.example.com-directory", "app.example.com");
    expect(await waiting).toEqual({ exitCode: 0, stderr: "" });
  });

  it("does not take one of Caddy's own authority for it", async () => {
    store("local", "api.example.com");
    store("acme.example.com-directory", "app.example.com");
    expect(await run()).toEqual({
      exitCode: 1,
      stderr: "no certificate for api.example.com within 0 s: the ACME server has not answered",
    });
  });

  it("says of every name that has none, redirects among them, the last error", async () => {
    const lines = [
      log({ msg: "could not get certificate", identifier: "api.example.com", error: "an older one" }),
      log({ identifier: "api.example.com", issuer: "a", error: 'Get "https://acme/dir": no such host' }),
      log({ identifier: "app.example.com", issuer: "a", error: "HTTP 400", attempt: 1 }),
      JSON.stringify({ level: "info", identifier: "www.example.com", msg: "lock acquired" }),
    ];
    const redirects = [{ from: "www.example.com", to: "api.example.com" }];
    expect(await run({ redirects, lines })).toEqual({
      exitCode: 1,
      stderr: [
        'no certificate for api.example.com within 0 s: Get \\"https://acme/dir\\": no such host',
        "no certificate for app.example.com within 0 s: HTTP 400",
        "no certificate for www.example.com within 0 s: the ACME server has not answered",
      ].join("\n"),
    });
  });

  it("fails where the container is gone", async () => {
    const command = awaitCertificates(routing({ certificates: "acme" }));
    writeFileSync(
      join(directory, "docker"),
      '#!/bin/sh\necho "Error: No such container: proxy-id" >&2; exit 1\n',
    );
    chmodSync(join(directory, "docker"), 0o755);
    const env = { PATH: `${directory}:${process.env.PATH ?? ""}` };
    const outcome = await execa("sh", ["-c", `set -eu\nid=proxy-id\n${command}`], { env, reject: false });
    expect(outcome).toMatchObject({ exitCode: 1, stderr: "Error: No such container: proxy-id" });
  });
});
