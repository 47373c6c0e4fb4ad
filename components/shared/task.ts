import { labels } from "./names";
import { commandLine } from "./shell";

export interface TaskArgs {
  readonly stack: string;
  readonly image: string;
  /** What runs, in the place of the image's own entry point; undefined runs the image's own. */
  readonly entrypoint?: string;
  readonly arguments?: readonly string[];
  /** Further options of `docker run`. */
  readonly options: readonly string[];
  /** Capabilities kept; all others are dropped. */
  readonly capabilities?: readonly string[];
}

/** The command line of a short-lived container with the hardening that every container gets. */
export const taskCommand = (task: TaskArgs): string => commandLine(["docker", ...taskWords(task)]);

/** The same as words for `docker`. */
export function taskWords(task: TaskArgs): string[] {
  return [
    ...["run", "--rm", "--read-only", "--tmpfs", "/tmp", "--security-opt", "no-new-privileges:true"],
    ...["--cap-drop", "ALL", ...(task.capabilities ?? []).flatMap((capability) => ["--cap-add", capability])],
    ...["--label", `${labels.stack}=${task.stack}`, "--label", `${labels.kind}=task`, "--log-driver", "none"],
    ...task.options,
    ...(task.entrypoint === undefined ? [] : ["--entrypoint", task.entrypoint]),
    task.image,
    ...(task.arguments ?? []),
  ];
}
