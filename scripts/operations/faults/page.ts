import { faults, recogniseFault } from ".";

const code = (text: string): string => `\`${text.split("\n")[0]?.trim().replaceAll("|", "\\|")}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

/** docs/faults.md, from the faults that are recognised. */
export function renderFaultsPage(): string {
  return [
    "# When a command fails",
    "",
    "What is wrong with a stack's file is found before anything is touched; [errors.md](errors.md) is about that. What fails",
    "later, at Docker, the host, a vendor or in Pulumi itself, ends the command with exit code 1 and one sentence: what is",
    "wrong, and after the semicolon what to do. Run the same command again then: it goes on from where it was, and the old",
    "release serves until the new one is good.",
    "",
    "- **`--verbose`**, which every command has, adds all that Pulumi, Docker or SSH wrote, word for word.",
    "- **`./backline doctor`** looks at this machine: Docker and the right to use it, free ports, disk and memory, Go where it is",
    "  needed, passphrases and locks of all stacks. Each line has its mend; it ends with exit code 1 if something fails, and",
    "  `--json` prints the same for programs.",
    "",
    "What is recognised by whose words, with the sentence for a stack named `dev`:",
    "",
    ...Object.entries(faults).flatMap(([title, group]) => [
      `## ${title}`,
      "",
      "| what was written | what Backline says |",
      "| --- | --- |",
      ...group.flatMap(({ example }) =>
        example === undefined ? [] : [`| ${code(example)} | ${cell(recogniseFault(example, "dev") ?? "")} |`],
      ),
      "",
    ]),
    "This page is made from `scripts/operations/faults`; after a change there, `UPDATE_GOLDEN=1 npx vitest run --project golden` writes it anew.",
    "",
  ].join("\n");
}
