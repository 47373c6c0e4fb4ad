/** The mails that are sent: their content as data, and as subject, text and HTML. */
import { z } from "zod";

const figures = z.object({
  users: z.number().int(),
  guests: z.number().int(),
  rooms: z.number().int(),
  messages: z.number().int(),
});
export type Figures = z.infer<typeof figures>;

const address = z.email().max(254);

export const mailContent = z.discriminatedUnion("template", [
  z.object({ template: z.literal("welcome"), to: address, name: z.string() }),
  z.object({
    template: z.literal("report"),
    to: address,
    stack: z.string(),
    /** ISO 8601 date. */
    day: z.string(),
    total: figures,
    /** What the day added; null when there are no figures of the day before. */
    added: figures.nullable(),
  }),
]);
export type MailContent = z.infer<typeof mailContent>;

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Subject and bodies. Names that users choose stand in the bodies alone, escaped in HTML, on one line. */
export function renderMail(content: MailContent): MailText {
  return content.template === "welcome" ? welcome(content) : report(content);
}

function welcome({ name }: Extract<MailContent, { template: "welcome" }>): MailText {
  const shown = oneLine(name);
  const sentences = [
    `Hello ${shown},`,
    "your account is ready: sign in with this e-mail address and the password that you have chosen.",
    "If it was not you who signed up, ignore this mail.",
  ];
  return { subject: "Welcome", text: `${sentences.join("\n\n")}\n`, html: page(sentences.map(paragraph)) };
}

function report({ stack, day, total, added }: Extract<MailContent, { template: "report" }>): MailText {
  const rows = (["users", "guests", "rooms", "messages"] as const).map(
    (name) => [name, String(total[name]), added === null ? "-" : signed(added[name])] as const,
  );
  const lines = rows.map(([name, all, more]) => `${name.padEnd(10)}${all.padStart(12)}${more.padStart(12)}`);
  const head = `${"".padEnd(10)}${"total".padStart(12)}${"last day".padStart(12)}`;
  const title = `Figures of ${stack}, ${day}`;
  const cells = (words: readonly string[], tag: "td" | "th") =>
    `<tr>${words.map((word) => `<${tag}>${escapeHtml(word)}</${tag}>`).join("")}</tr>`;
  return {
    subject: oneLine(title),
    text: `${title}\n\n${[head, ...lines].join("\n")}\n`,
    html: page([
      paragraph(title),
      `<table>${[cells(["", "total", "last day"], "th"), ...rows.map((row) => cells(row, "td"))].join("")}</table>`,
    ]),
  };
}

const signed = (count: number): string => (count > 0 ? `+${count}` : String(count));
const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;
const page = (parts: readonly string[]): string =>
  `<!doctype html><html lang="en"><body>${parts.join("\n")}</body></html>\n`;

/** Without control characters: a line break could end a header or fake a sentence of ours. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
