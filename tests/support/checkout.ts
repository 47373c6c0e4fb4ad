import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { projectPaths } from "../../scripts/operations/project";
import { type Outcome, root } from "./backline";

/** What a copy goes without: what others share, and what belongs to the original's own stacks. */
const left = /^(node_modules|\.git|\.backline|Pulumi\.[^.]+\.yaml)$/;

/** How a line begins that says no more than that time passes. */
const heartbeat = "still working";

/** A command and all that it has started. */
export interface Group {
  /** Its exit code; undefined: a signal has ended it. */
  readonly ended: Promise<number | undefined>;
  /** Lines that it has written until now, but for those that time alone brings about. */
  lines(): number;
  killAll(signal: NodeJS.Signals): void;
}

/**
 * A copy of the project with a state of its own, whose sources a test may change: that is how a new release, or a bad
 * one, comes into being.
 */
export class Checkout {
  readonly root: string;

  constructor(readonly stack: string) {
    this.root = mkdtempSync(join(tmpdir(), `backline-${stack}-`));
    cpSync(root, this.root, {
      recursive: true,
      filter: (path) => path === root || !left.test(basename(path)),
    });
    symlinkSync(join(root, "node_modules"), join(this.root, "node_modules"));
    // Where programs and images come from here is known already, and need not be found out again.
    const known = projectPaths(root).toolchain;
    if (existsSync(known)) cpSync(known, projectPaths(this.root).toolchain);
  }

  /** Runs `./backline <command> <stack> ...`; never throws for its exit code. */
  async backline(command: string, ...args: string[]): Promise<Outcome> {
    return await this.run(command, this.stack, ...args);
  }

  /** Runs `./backline` with other words; never throws for its exit code. */
  run(...words: string[]): Promise<Outcome> {
    return this.within(undefined, ...words);
  }

  /** The same with further variables in its environment. */
  async within(env: Readonly<Record<string, string>> | undefined, ...words: string[]): Promise<Outcome> {
    const { exitCode, stdout, stderr } = await execa(join(this.root, "backline"), words, {
      ...{ reject: false, stdin: "ignore" },
      ...(env === undefined ? {} : { env }),
    });
    return { exitCode, stdout, stderr };
  }

  /** The same as a process that a test may kill. */
  start(...words: string[]) {
    return execa(join(this.root, "backline"), words, { reject: false, stdin: "ignore" });
  }

  /** The same as a group of processes, such as a terminal's: a signal reaches all of them. */
  startGroup(...words: string[]): Group {
    const leader = execa(join(this.root, "backline"), words, {
      ...{ reject: false, stdin: "ignore", detached: true, cleanup: false },
    });
    let lines = 0;
    for (const input of [leader.stdout, leader.stderr])
      createInterface({ input }).on("line", (line) => {
        if (!line.startsWith(heartbeat)) lines += 1;
      });
    return {
      ended: leader.then(({ exitCode }) => exitCode),
      lines: () => lines,
      killAll: (signal) => {
        try {
          if (leader.pid !== undefined) process.kill(-leader.pid, signal);
        } catch {
          // They have all ended.
        }
      },
    };
  }

  /** Writes the stack's file. */
  configure(text: string): void {
    writeFileSync(join(this.root, `Pulumi.${this.stack}.yaml`), text);
  }

  /** Replaces a text of the stack's file, which must be there. */
  reconfigure(from: string, to: string): void {
    const file = join(this.root, `Pulumi.${this.stack}.yaml`);
    this.#write(file, readFileSync(file, "utf8"), from, to);
  }

  /** Writes a file anew as the project has it, with one text of it replaced: each change takes the place of the last. */
  change(path: string, from: string, to: string): void {
    this.#write(join(this.root, path), readFileSync(join(root, path), "utf8"), from, to);
  }

  add(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  drop(path: string): void {
    rmSync(join(this.root, path));
  }

  #write(file: string, before: string, from: string, to: string): void {
    if (!before.includes(from)) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(file, before.replace(from, to));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
