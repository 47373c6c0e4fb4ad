import { execa } from "execa";

/** Label of the scanners' containers. */
const label = "backline.test=audit";

/**
 * The programs are Debian's: the container reaches its packages where it reaches nothing else. No name is looked up:
 * testssl asks for many that do not exist, and waits for each where no server of names answers.
 */
const dockerfile = `\
FROM debian:bookworm-slim
LABEL ${label}
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nmap python3 testssl.sh > /dev/null
RUN sed -i 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf
`;

/** A container that looks at a host or at a proxy from outside. */
export interface Scanner {
  /** Its address on the network: what an allow-list must name, or must not. Of the machine's own network, none. */
  readonly address: string | undefined;
  /** Runs a command in it. A command that fails is no error. */
  run(
    command: readonly string[],
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>;
  remove(): Promise<void>;
}

/**
 * Starts a scanner.
 * @param network Docker network of what is scanned; `host` scans from the machine itself, which a sandbox sees as the
 *   gateway of its network.
 * @param folders Folders of this machine that it reads, by their path in the container.
 */
export async function startScanner(
  network: string,
  folders: Readonly<Record<string, string>> = {},
): Promise<Scanner> {
  const build = ["build", "--quiet", "--tag", "backline-test-scanner", "-"];
  const { stdout: image } = await execa("docker", build, { input: dockerfile });
  const volumes = Object.entries(folders).flatMap(([path, folder]) => ["--volume", `${folder}:${path}:ro`]);
  const options = ["--detach", "--rm", "--init", "--label", label, "--network", network];
  const { stdout: id } = await execa("docker", [
    ...["run", ...options, ...volumes, image, "sleep", "infinity"],
  ]);
  const { stdout: address } = await execa("docker", [
    ...["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", id],
  ]);
  return {
    address: address === "" ? undefined : address,
    run: async (command) => {
      const {
        stdout,
        stderr,
        exitCode = 1,
      } = await execa("docker", ["exec", id, ...command], { reject: false });
      return { stdout, stderr, exitCode };
    },
    remove: async () => {
      await execa("docker", ["rm", "--force", "--volumes", id], { reject: false });
    },
  };
}
