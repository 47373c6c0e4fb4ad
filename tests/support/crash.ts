import { docker } from "./backline";

/**
 * Kills a container's process as a fault of its own would. `docker kill` is an operator's act, after which Docker does
 * not start the container again.
 */
export async function crash(container: string): Promise<void> {
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
  await docker("run", ...options, "--entrypoint", "/bin/sh", image, "-c", `kill -KILL ${pid}`);
}
