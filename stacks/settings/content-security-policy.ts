/** Keywords that mean something else, or nothing, without their quotes. */
const keywords = [
  "none",
  "self",
  "unsafe-inline",
  "unsafe-eval",
  "unsafe-hashes",
  "wasm-unsafe-eval",
  "strict-dynamic",
  "report-sample",
];

/** What a quoted source may be: a keyword, a nonce or a hash. */
const quoted = new RegExp(`^'(${keywords.join("|")}|nonce-[\\w+/=-]+|sha(256|384|512)-[\\w+/=-]+)'$`);

function directiveFault(directive: string): string | undefined {
  const [name = "", ...sources] = directive.trim().split(/ +/);
  if (!/^[a-z][a-z-]*$/.test(name))
    return `has the directive "${name}", which is no name; write one such as default-src, and ";" between directives`;
  for (const source of sources) {
    if (keywords.includes(source)) return `has ${source} without quotes in ${name}; write '${source}'`;
    if (source.includes("'") && !quoted.test(source))
      return `has ${source} in ${name}, which is no quoted keyword, nonce or hash; write one such as 'self', each in its own quotes`;
    if (source.includes(","))
      return `has a comma in ${name}, which begins another policy; write blanks between sources`;
  }
  return sources.includes("'none'") && sources.length > 1
    ? `has 'none' beside other sources in ${name}; write one or the other`
    : undefined;
}

/** What is wrong with a Content-Security-Policy, or undefined. */
export function policyFault(policy: string): string | undefined {
  if (/[^ -~]/.test(policy))
    return "has a line break or another character that headers cannot have; write it in one line of plain characters";
  const character = /["`{}\\]/.exec(policy)?.[0];
  if (character !== undefined)
    return `has the character ${character}, which is in no policy; write keywords such as 'self' in single quotes`;
  const directives = policy.split(";").filter((directive) => directive.trim() !== "");
  if (directives.length === 0) return "is empty; remove it, or write one such as default-src 'self'";
  const names = directives.map((directive) => directive.trim().split(" ", 1)[0] ?? "");
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined)
    return `has ${repeated} twice, of which browsers drop the second; write it once`;
  return directives.map(directiveFault).find((fault) => fault !== undefined);
}
