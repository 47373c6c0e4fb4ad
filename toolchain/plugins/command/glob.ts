/**
 * Makes a test for paths of a glob, as `assetPaths` understands it: `*` and `?` stop at `/`, `**` does not,
 * `[abc]`, `[!abc]` and `{a,b}` choose, a backslash takes the next character as it is.
 * @throws Error when a bracket or brace is not closed.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const pattern = new RegExp(`^${translate(glob)}$`, "s");
  return (path) => pattern.test(path);
}

function translate(glob: string): string {
  let pattern = "";
  let braces = 0;
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob.charAt(index);
    if (character === "*" && glob.charAt(index + 1) === "*") {
      pattern += ".*";
      index += 1;
    } else if (character === "*") {
      pattern += "[^/]*";
    } else if (character === "?") {
      pattern += "[^/]";
    } else if (character === "[") {
      const end = glob.indexOf("]", index + 2);
      if (end === -1) {
        throw new Error(`The bracket is not closed in the glob ${JSON.stringify(glob)}`);
      }
      const inside = glob
        .slice(index + 1, end)
        .replace(/\\/g, "\\\\")
        .replace(/^!/, "^");
      pattern += `[${inside}]`;
      index = end;
    } else if (character === "{") {
      braces += 1;
      pattern += "(?:";
    } else if (character === "}" && braces > 0) {
      braces -= 1;
      pattern += ")";
    } else if (character === "," && braces > 0) {
      pattern += "|";
    } else {
      index += character === "\\" ? 1 : 0;
      pattern += glob.charAt(index).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    }
  }
  if (braces > 0) {
    throw new Error(`The brace is not closed in the glob ${JSON.stringify(glob)}`);
  }
  return pattern;
}
