import { docker } from "./backline";

/** Runs a line of shell that sees all processes of the machine; `pid` makes the line from that of a container's process. */
export async function amongProcesses(container: string, line: (pid: string) => string): Promise<void> {
  const [pid = "", image = ""] = (
    await docker("inspect", "--format", "{{.State.Pid}} {{.Image}}", container)
  ).split(" ");
  const options = [
    "--rm",
    "--pid",
    "host",
    "--user",
    "0:0",
    "--network",
    "none",
    "--security-opt",
    "apparmor=unconfined",
  ];
  await docker("run", ...options, "--entrypoint", "/bin/sh", image, "-c", line(pid));
}

/**
 * Kills a container's process as a fault of its own would. `docker kill` is an operator's act, after which Docker does
 * not start the container again.
 */
export const crash = (container: string): Promise<void> =>
  amongProcesses(container, (pid) => `kill -KILL ${pid}`);
