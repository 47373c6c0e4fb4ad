import { execa } from "execa";
import { ensureSshAudit } from "./wheel";

const image = "backline-test-scanner";
/** Label of the scanners' containers. */
const label = "backline.test=audit";

/** nmap and Python are Debian's: the container reaches its packages where it reaches nothing else. */
const dockerfile = `\
FROM debian:bookworm-slim
LABEL ${label}
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nmap python3 > /dev/null
`;

/** A container that looks at a host from outside. */
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
 * @param network Docker network of the sandbox; `host` scans from the machine itself, which a sandbox sees as the
 *   gateway of its network.
 */
export async function startScanner(network: string): Promise<Scanner> {
  const [wheel] = await Promise.all([
    ensureSshAudit(),
    execa("docker", ["build", "--quiet", "--tag", image, "-"], { input: dockerfile }),
  ]);
  const options = ["--detach", "--rm", "--init", "--label", label, "--network", network];
  const { stdout: id } = await execa("docker", [
    ...["run", ...options, "--volume", `${wheel}:/ssh-audit:ro`, image, "sleep", "infinity"],
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
