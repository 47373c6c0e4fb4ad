import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Queue } from "bullmq";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { maintenanceQueue } from "../../../services/contract/queues";
import { enqueueMail } from "../../../services/runtime/outbox";
import { inTransaction } from "../../../services/runtime/store/transaction";
import { type MailServer, startMailServer } from "../../support/mail-server";
import { eventually, guest, type Platform, type Service, startPlatform } from "./harness";

let platform: Platform;
let pool: pg.Pool;
let queue: Queue;
let server: MailServer;
let withMail: Record<string, string>;

beforeAll(async () => {
  platform = await startPlatform();
  const { host, postgresPort, redisPort, database, user, password, directory } = platform.stores;
  pool = new pg.Pool({ host, port: postgresPort, database, user, password });
  queue = new Queue(maintenanceQueue, { connection: { host, port: redisPort, password } });
  server = await startMailServer(directory);
  const passwordFile = join(directory, "smtp-password");
  await writeFile(passwordFile, "s3cret");
  withMail = {
    SMTP_HOST: "127.0.0.1",
    SMTP_PORT: String(server.port),
    SMTP_FROM: "Backline <no-reply@example.com>",
    SMTP_USER: "mailer",
    SMTP_PASSWORD_FILE: passwordFile,
    NODE_EXTRA_CA_CERTS: server.certificateFile,
  };
}, 90_000);
afterAll(async () => {
  await queue?.close();
  await pool?.end();
  await server?.close();
  await platform?.remove();
});
let worker: Service;
afterEach(async () => {
  // A worker of one test would take the mails of the next.
  await worker?.end();
  await queue.obliterate({ force: true });
  server.mails.length = 0;
});

const welcome = (to: string, name = "Ada") =>
  inTransaction(pool, (client) => enqueueMail(client, { template: "welcome", to, name }));

const metric = (worker: Service, line: string) =>
  eventually(
    `there is ${line}`,
    async () => {
      const metrics = (await (await fetch(worker.metricsUrl)).text()).split("\n");
      const mails = metrics.filter((text) => text.startsWith("mails_total{"));
      if (!mails.includes(line)) throw new Error(`${mails.join("\n")}\n${worker.output()}`);
    },
    30,
  );

describe("mail", { timeout: 120_000 }, () => {
  it("is sent over TLS once its transaction is committed, and not when it is rolled back", async () => {
    worker = await platform.start("worker", withMail);
    const refused = inTransaction(pool, async (client) => {
      await enqueueMail(client, { template: "welcome", to: "nobody@example.com", name: "Nobody" });
      throw new RangeError("changed my mind");
    });
    await expect(refused).rejects.toThrow();
    await welcome("ada@example.com", "Ada <b>\r\nBcc: eve@example.com");
    await metric(worker, 'mails_total{template="welcome",outcome="sent"} 1');
    expect(server.mails).toHaveLength(1);
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: "no-reply@example.com",
      to: ["ada@example.com"],
      secure: true,
      user: "mailer",
    });
    const [head = "", ...body] = String(mail?.text).split("\r\n\r\n");
    expect(head).toMatch(/^Message-ID: <outbox-\d+\.test@example\.com>$/im);
    expect(head).toContain("Subject: Welcome");
    expect(head).not.toMatch(/^Bcc:/im);
    expect(body.join("\r\n\r\n").replaceAll("=\r\n", "")).toContain(
      "Hello Ada &lt;b&gt; Bcc: eve@example.com,",
    );
    expect(worker.output()).not.toContain("ada@example.com");
  });

  it("is tried again when the server says not now, and given up when it says no", async () => {
    worker = await platform.start("worker", withMail);
    server.refusals.push(451);
    await welcome("later@example.com");
    await metric(worker, 'mails_total{template="welcome",outcome="failed"} 1');
    await metric(worker, 'mails_total{template="welcome",outcome="sent"} 1');
    expect(server.mails.map(({ to }) => to)).toEqual([["later@example.com"]]);
    server.refusals.push(550);
    await welcome("unknown@example.com");
    await metric(worker, 'mails_total{template="welcome",outcome="refused"} 1');
    await eventually("the mail is given up", async () => expect(await queue.getFailedCount()).toBe(1));
    expect(server.mails).toHaveLength(1);
    expect(worker.output()).not.toContain("unknown@example.com");
  });

  it("goes to no server that offers no TLS", async () => {
    const plain = await startMailServer(platform.stores.directory, { tls: false });
    worker = await platform.start("worker", { ...withMail, SMTP_PORT: String(plain.port) });
    await welcome("ada@example.com");
    await metric(worker, 'mails_total{template="welcome",outcome="failed"} 1');
    expect(plain.mails).toEqual([]);
    await plain.close();
  });

  it("is dropped, and counted, where no server is named", async () => {
    worker = await platform.start("worker");
    await welcome("ada@example.com");
    await metric(worker, 'mails_total{template="welcome",outcome="dropped"} 1');
    expect(worker.output().match(/mails are dropped/g)).toHaveLength(1);
  });

  it("brings administrators the day's figures, once however often the report runs", async () => {
    await pool.query(
      `INSERT INTO users (name, email, role) VALUES
         ('Root', 'root@example.com', 'admin'), ('Ada', 'ada@example.com', 'user')`,
    );
    await pool.query("INSERT INTO statistics VALUES (now() - interval '25 hours', 1, 0, 0, 0)");
    worker = await platform.start("worker", withMail);
    for (const jobId of ["by-hand-1", "by-hand-2"]) await queue.add("report", {}, { jobId });
    await metric(worker, 'mails_total{template="report",outcome="sent"} 1');
    await eventually("both have run", async () => {
      expect(await queue.getJobState("by-hand-1")).toBe("completed");
      expect(await queue.getJobState("by-hand-2")).toBe("completed");
    });
    expect(server.mails.map(({ to }) => to)).toEqual([["root@example.com"]]);
    expect(server.mails[0]?.text).toMatch(/users +2 +\+1\r\n/);
    expect(server.mails[0]?.text).toMatch(/Subject: Figures of test, \d{4}-\d\d-\d\d\r\n/);
  });

  it("welcomes who signs up, once however often the request is repeated, and nobody else", async () => {
    const [api, started] = await Promise.all([platform.start("api"), platform.start("worker", withMail)]);
    worker = started;
    const account = { email: "grace@example.com", name: "Grace", password: "correct horse battery" };
    const signUp = (headers: Record<string, string>) =>
      fetch(`${api.url}/v1/auth/sign-up`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(account),
      });
    await guest(api.url);
    const key = { "idempotency-key": randomUUID() };
    const answers = [await signUp(key), await signUp(key), await signUp({})];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 409]);
    await metric(worker, 'mails_total{template="welcome",outcome="sent"} 1');
    await eventually("nothing is left to announce", async () => {
      expect((await pool.query("SELECT FROM outbox WHERE topic = 'email'")).rowCount).toBe(0);
      expect(await queue.getJobCounts("waiting", "active")).toEqual({ waiting: 0, active: 0 });
    });
    expect(server.mails.map(({ to }) => to)).toEqual([["grace@example.com"]]);
    expect(server.mails[0]?.text).toContain("Grace");
    for (const { output } of [api, worker]) expect(output()).not.toContain("grace@example.com");
    expect(await api.end()).toBe(0);
  });
});
