import type { Scanner } from "./scanner";

/** Packets a second. A firewall answers nothing, so the time is that of sending twice to every port. */
const rate = "20000";

/** Every TCP port of an address that lets the scanner in, in order; takes about ten seconds. */
export async function openPorts(scanner: Scanner, address: string): Promise<number[]> {
  const options = ["-Pn", "-n", "-T4", "-sS", "-p-", "--max-retries", "1", "--min-rate", rate];
  const { stdout, stderr, exitCode } = await scanner.run(["nmap", ...options, address]);
  if (exitCode !== 0) throw new Error(`nmap failed with exit code ${exitCode}: ${stderr}`);
  return [...stdout.matchAll(/^(\d+)\/tcp\s+open\s/gm)].map(([, port]) => Number(port));
}
