import { quote } from "../shared/shell";

/** A file of the host. */
export interface HostFile {
  /** Absolute path. */
  readonly path: string;
  /** Four octal digits. */
  readonly mode: string;
  /** `user:group`. */
  readonly owner: string;
  /** Whole lines; never secret. */
  readonly content: string;
  /** Command that accepts or refuses the file, `$1`, before it takes its place. */
  readonly validate?: string;
}

/** One thing that a host is given. Pure data: nothing here runs. Every script is POSIX sh, run as root. */
export interface HostStep {
  readonly name: string;
  /** What it sets, in one sentence. */
  readonly sets: string;
  /** Written before `apply` runs, and only where they differ. */
  readonly files: readonly HostFile[];
  /** Idempotent. `$changed` is 1 where a file was written, in this run or in one that was cut off. */
  readonly apply: string;
  /** Exit code 0: as wanted. Otherwise it prints what differs. Files are compared without its help. */
  readonly check: string;
  /** How to take it back: commands, or a sentence where there is no simple way. */
  readonly undo: string;
  /** It concerns the whole kernel, which a container shares with others: left out there. */
  readonly kernelWide: boolean;
}

/** How a guarded group is taken back. */
export interface Guard {
  /** Files and directories that are put back as they were, or removed where they were not there. */
  readonly paths: readonly string[];
  /** Makes the programs take up what is there. */
  readonly reload: string;
}

/** Steps that are applied over one connection. */
export interface HostGroup {
  readonly name: "system" | "docker" | "access";
  /** It could lock the operator out. */
  readonly guarded: boolean;
  /** How it is taken back, where it is guarded. */
  readonly guard: Guard | undefined;
  readonly steps: readonly HostStep[];
}

export const lines = (...all: readonly string[]): string => `${all.join("\n")}\n`;

/** A check from pairs of a command that succeeds where the host is as wanted, and what to print where it fails. */
export function expectations(...all: readonly (readonly [command: string, otherwise: string])[]): string {
  return [
    "drift=0",
    ...all.map(([command, otherwise]) => `${command} || { echo ${quote(otherwise)}; drift=1; }`),
    'exit "$drift"',
  ].join("\n");
}

/** An expectation that a systemd unit is enabled and runs. */
export const running = (unit: string): (readonly [string, string])[] => [
  [`systemctl is-enabled --quiet ${unit} 2> /dev/null`, `${unit} is not enabled`],
  [`systemctl is-active --quiet ${unit}`, `${unit} does not run`],
];

/** A file of root that everyone may read. */
export const rootFile = (path: string, ...content: readonly string[]): HostFile => ({
  path,
  mode: "0644",
  owner: "root:root",
  content: lines(...content),
});
