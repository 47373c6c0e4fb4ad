import { Lexer, LineCounter, Parser, parseDocument, visit, type YAMLError } from "yaml";

/** What a YAML text says, or why it says nothing. */
export type ParsedYaml = { readonly value: unknown } | { readonly fault: string };

/**
 * Reads a YAML text without throwing. Refused beside what is no YAML: tags, aliases of nothing, which are values that
 * begin with `!` or `*` without quotes, and values that hold themselves, which nothing can print or send. A fault never
 * echoes the text, which may be a secret.
 */
export function parseYaml(text: string): ParsedYaml {
  if (isTooDeep(text)) return { fault: `is nested more than ${deepest} levels deep; write it flatter` };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) return { fault: said(error) };
    let fault: string | undefined;
    visit(document, {
      Alias: (_key, alias) => {
        if (alias.resolve(document) !== undefined) return undefined;
        const { line } = lines.linePos(alias.range?.[0] ?? 0);
        fault = `is not valid YAML: what follows "*" at line ${line} stands for nothing; write a value that begins with "*" in quotes: "*.example.com"`;
        return visit.BREAK;
      },
    });
    if (fault !== undefined) return { fault };
    const value: unknown = document.toJS();
    // This throws for an alias inside of what it stands for, `toJS` for so many that the text would be endless.
    JSON.stringify(value);
    return { value };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { fault: `holds itself, or too much, by "&" and "*" (${reason}); write out what they stand for` };
  }
}

/** Groups and lists inside of each other. Reading thousands of them can end Node.js itself. */
const deepest = 100;

function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > deepest) return true;
  }
  return false;
}

function said({ code, message, linePos }: YAMLError): string {
  const { line, col } = linePos?.[0] ?? { line: 1, col: 1 };
  if (code === "MULTIPLE_DOCS") return 'holds several documents, with "---" between them; keep one';
  if (code === "TAG_RESOLVE_FAILED")
    return `is not valid YAML: what follows "!" at line ${line} is no tag; write a value that begins with "!" in quotes`;
  // What stands after a colon is from the text.
  const [words = ""] = message.split(/ at line \d+, column|\n|(?<=\w): /);
  return `is not valid YAML: ${words} at line ${line}, column ${col}; mend that line`;
}
