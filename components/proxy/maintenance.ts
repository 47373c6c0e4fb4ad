import { createHash } from "node:crypto";
import { problemMediaType, problems } from "../../services/contract/problems";
import type { ProxySettings } from "./args";
import { strictPolicy } from "./headers";
import { block } from "./syntax";

type Maintenance = NonNullable<ProxySettings["maintenance"]>;

/** Seconds after which clients may ask again. */
const retryAfter = 120;

const style =
  "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}";

/** Of the page's one style, which the page's policy allows by it. */
const styleHash = createHash("sha256").update(style).digest("base64");

/** The ampersand first, since the others are written with it. */
const htmlEntities = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "`": "&#96;",
  "{": "&#123;",
  "}": "&#125;",
};

/** A text in HTML that neither the browser nor Caddy, with its backticks and placeholders, takes for anything else. */
const html = (text: string): string =>
  Object.entries(htmlEntities).reduce(
    (done, [character, entity]) => done.replaceAll(character, entity),
    text,
  );

/** The same for a text in JSON. */
const json = (text: string): string =>
  JSON.stringify(text).replace(
    /[`{}]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

function page(text: string): string {
  const { title } = problems.maintenance;
  return [
    "<!doctype html>",
    '<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    // Braces of a style are no placeholders to Caddy only after a backslash.
    `<title>${html(title)}</title><style>${style.replaceAll("{", "\\{").replaceAll("}", "\\}")}</style>`,
    `<h1>${html(title)}</h1><p>${html(text)}</p></html>`,
  ].join("");
}

function problem(text: string): string {
  const { title, status } = problems.maintenance;
  const fields = {
    type: json("urn:backline:problem:maintenance"),
    title: json(title),
    status: String(status),
    detail: json(text),
    code: json("maintenance"),
    retryAfter: String(retryAfter),
  };
  const members = Object.entries(fields).map(([key, value]) => `"${key}":${value}`);
  return `\\{${members.join(",")}\\}`;
}

function answer({ text }: Maintenance): string[] {
  const { status } = problems.maintenance;
  return [
    `header Retry-After ${retryAfter}`,
    "header Cache-Control no-store",
    "@page header Accept *text/html*",
    ...block("handle @page", [
      'header Content-Type "text/html; charset=utf-8"',
      `header Content-Security-Policy "default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'"`,
      `respond \`${page(text)}\` ${status}`,
    ]),
    ...block("handle", [
      `header Content-Type ${problemMediaType}`,
      `header Content-Security-Policy "${strictPolicy}"`,
      `respond \`${problem(text)}\` ${status}`,
    ]),
  ];
}

/**
 * What a site answers instead of its routes: a page to browsers, a problem to programs, both with status 503. Who is
 * on the allow-list gets the routes.
 */
export function withMaintenance(
  maintenance: ProxySettings["maintenance"],
  routes: readonly string[],
): string[] {
  if (maintenance === undefined) return [...routes];
  if (maintenance.allow.length === 0) return answer(maintenance);
  // In a `route` the order is that of the text; elsewhere Caddy sorts matchers of paths to the front.
  return block("route", [
    `@closed not client_ip ${maintenance.allow.join(" ")}`,
    ...block("handle @closed", answer(maintenance)),
    ...routes,
  ]);
}
