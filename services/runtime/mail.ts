import { createTransport } from "nodemailer";
import type { Environment } from "./environment";
import { type MailContent, oneLine, renderMail } from "./mail-templates";

export interface MailOptions {
  readonly host: string;
  /** On 465 TLS comes first; on others the connection is upgraded (STARTTLS). */
  readonly port: number;
  /** Nobody signs in without it. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Sender: `Name <address>`, or an address alone. */
  readonly from: string;
  /** Label of the deployment, part of each message's id. */
  readonly stack: string;
}

/** Milliseconds: a mail server that hangs holds up one attempt for half a minute at most. */
const timeouts = {
  dnsTimeout: 5_000,
  connectionTimeout: 5_000,
  greetingTimeout: 5_000,
  socketTimeout: 15_000,
} as const;

/** Ports on which mail servers of a machine or a network of one's own listen, which often have no certificate. */
const plainPorts: readonly number[] = [25, 1025];

/** The mail server refuses the mail and would refuse it again. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
}

/** Sends mail; the id makes a repetition recognisable. Throws MailRefused, or another error that may pass. */
export interface Mailer {
  send(id: string, content: MailContent): Promise<void>;
  close(): void;
}

/** The mail server that the environment names; undefined without one. */
export function mailOptions(env: Environment<"worker">): MailOptions | undefined {
  const { SMTP_HOST: host, SMTP_PORT: port, SMTP_FROM: from, STACK: stack } = env;
  if (host === undefined || from === undefined) return undefined;
  const { SMTP_USER: name, SMTP_PASSWORD_FILE: password } = env;
  const user = name === undefined || password === undefined ? {} : { user: { name, password } };
  return { host, port, from, stack, ...user };
}

/**
 * Whether a connection that is not encrypted is given up. It is not on port 25 and 1025, where servers of one's own
 * listen; but a password is never sent without encryption.
 */
export function requiresTls({ port, user }: Pick<MailOptions, "port" | "user">): boolean {
  return user !== undefined || !plainPorts.includes(port);
}

/** `<id.stack@domain of the sender>` */
export function messageId(id: string, { from, stack }: Pick<MailOptions, "from" | "stack">): string {
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
  return `<${id}.${stack}@${domain}>`;
}

export function createMailer(options: MailOptions): Mailer {
  const { host, port, user, from } = options;
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    requireTLS: requiresTls(options),
    ...(user === undefined ? {} : { auth: { user: user.name, pass: user.password } }),
    ...timeouts,
    // Nothing in a mail may name a file or an address to read from.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(id, content) {
      const { subject, text, html } = renderMail(content);
      // As an object an address is encoded as one, whatever characters it has.
      const to =
        content.template === "welcome" ? { name: oneLine(content.name), address: content.to } : content.to;
      const headers = { "Auto-Submitted": "auto-generated" };
      try {
        await transport.sendMail({
          from,
          to,
          subject,
          text,
          html,
          headers,
          messageId: messageId(id, options),
        });
      } catch (error) {
        throw isRefusal(error)
          ? new MailRefused("the mail server refuses the mail", { cause: error })
          : error;
      }
    },
    close: () => transport.close(),
  };
}

/** A permanent answer (5xx) to the mail itself; one to the sign-in may be a password that is being rotated. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !("responseCode" in error)) return false;
  const { responseCode } = error;
  const code = "code" in error ? error.code : undefined;
  return (
    typeof responseCode === "number" && responseCode >= 500 && (code === "EENVELOPE" || code === "EMESSAGE")
  );
}
