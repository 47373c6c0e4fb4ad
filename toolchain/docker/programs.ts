import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian keeps programs of root, which a user's PATH often leaves out. */
const alsoSearched = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The path of a program, or undefined if this machine has none by that name. */
export function findProgram(name: string, path = process.env.PATH ?? ""): string | undefined {
  return [...path.split(delimiter), ...alsoSearched]
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
