import { createHash } from "node:crypto";
import { problems } from "../../services/contract/problems";
import type { ProxySettings } from "./args";
import { respondProblem } from "./problem";
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
    ...block("handle", respondProblem("maintenance", text, { retryAfter })),
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
