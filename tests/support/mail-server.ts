/** A mail server on loopback that keeps what it is sent. */
import { readFile } from "node:fs/promises";
import { SMTPServer } from "smtp-server";
import { makeCertificate } from "./certificate";

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly text: string;
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface MailServer {
  readonly port: number;
  /** Certificate to trust. */
  readonly certificateFile: string;
  readonly mails: ReceivedMail[];
  /** Answers that the next recipients get instead of being accepted: SMTP codes. */
  readonly refusals: number[];
  close(): Promise<void>;
}

/** Starts a server with a certificate of its own in `directory`; without `tls` it offers no encryption. */
export async function startMailServer(directory: string, { tls = true } = {}): Promise<MailServer> {
  const { keyFile, certificateFile } = await makeCertificate(directory);
  const mails: ReceivedMail[] = [];
  const refusals: number[] = [];
  const server = new SMTPServer({
    key: await readFile(keyFile),
    cert: await readFile(certificateFile),
    disabledCommands: tls ? [] : ["STARTTLS"],
    authOptional: true,
    onAuth: ({ username, password }, _session, done) =>
      password === "s3cret" ? done(null, { user: username }) : done(new Error("wrong password")),
    onRcptTo(_address, _session, done) {
      const responseCode = refusals.shift();
      done(responseCode === undefined ? null : Object.assign(new Error("not now"), { responseCode }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString("utf8"),
          secure: session.secure,
          user: session.user,
        });
        done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    certificateFile,
    mails,
    refusals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
