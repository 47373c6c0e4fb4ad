import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { type Measurement, seconds } from "./measure";

const root = resolve(import.meta.dirname, "..");
const stack = "bench-host";
const archives = "/var/cache/apt/archives";

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const backline = (...args: string[]) => execa(join(root, "backline"), args, { stdin: "ignore" });

/** What somebody at the host's console would run. */
const onConsole = (script: string) =>
  execa("docker", ["exec", `backline-sandbox-${stack}`, "sh", "-euc", script]);

interface Described {
  readonly address: string;
  readonly privateKey: string;
  readonly settings: string;
}

/** A blank host, and the stack's file for it. */
async function blankHost(): Promise<Described> {
  await backline("host", "sandbox", "stop", stack);
  const { stdout } = await backline("host", "sandbox", "start", stack, "--yes", "--json");
  const host: Described = JSON.parse(stdout);
  const { config } = parse(host.settings);
  const more = { "backline:domain": "audifi.localhost", "backline:proxy": { certificates: "internal" } };
  writeFileSync(join(root, `Pulumi.${stack}.yaml`), stringify({ config: { ...config, ...more } }));
  return host;
}

/** The packages that a provisioned host has downloaded, as one archive. */
async function downloaded(): Promise<Uint8Array> {
  await blankHost();
  await backline("host", "apply", stack, "--yes");
  const read = ["exec", `backline-sandbox-${stack}`, "tar", "-C", archives, "-cf", "-", "."];
  const { stdout } = await execa("docker", read, { encoding: "buffer", maxBuffer: 1_000_000_000 });
  return stdout;
}

/** A blank host on which every package is there to be installed. */
async function preparedHost(packages: Uint8Array): Promise<Described> {
  const host = await blankHost();
  const write = ["exec", "--interactive", `backline-sandbox-${stack}`, "tar", "-C", archives, "-xf", "-"];
  await execa("docker", write, { input: packages });
  await onConsole("apt-get -qq update");
  return host;
}

async function repeat(runs: number, work: () => Promise<number>): Promise<number[]> {
  const figures: number[] = [];
  for (let run = 0; run < runs; run++) figures.push(await work());
  return figures;
}

/** Provisioning, the check of a host without drift, and a deploy that changes nothing. */
export async function measureHost(runs: number): Promise<Measurement[]> {
  try {
    say("downloading packages on a first host");
    const packages = await downloaded();
    const install: number[] = [];
    const provision: number[] = [];
    let host: Described | undefined;
    for (let run = 1; run <= runs; run++) {
      say(`provisioning a blank host, ${run} of ${runs}`);
      await preparedHost(packages);
      const plain = `DEBIAN_FRONTEND=noninteractive apt-get -qq -y install ${archives}/*.deb > /dev/null 2>&1`;
      install.push(await seconds(() => onConsole(plain)));
      host = await preparedHost(packages);
      provision.push(await seconds(() => backline("host", "apply", stack, "--yes")));
    }
    if (host === undefined) throw new Error("nothing was measured");
    const { privateKey, address } = host;
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ControlPath=none"];
    const login = [
      "-i",
      privateKey,
      ...options.flatMap((option) => ["-o", option]),
      `ops@${address}`,
      "true",
    ];
    const signIn = await repeat(runs, () => seconds(() => execa("ssh", login, { stdin: "ignore" })));
    say("checking a host without drift");
    const check = await repeat(runs, () => seconds(() => backline("host", "check", stack)));
    say("deploying, and deploying again");
    await backline("init", stack);
    await backline("up", stack, "--yes");
    const again = await repeat(runs, () => seconds(() => backline("up", stack, "--yes")));
    const beside = { what: "signing in by `ssh`", runs: signIn };
    return [
      {
        what: "provisioning a blank host, packages downloaded",
        runs: provision,
        beside: { what: "installing the same packages alone", runs: install },
      },
      { what: "`host check` without drift", runs: check, beside },
      { what: "`up` of AudiFi on a host where nothing changed", runs: again, beside },
    ];
  } finally {
    await backline("host", "sandbox", "stop", stack);
    const own = [`Pulumi.${stack}.yaml`, `.backline/${stack}`, `.backline/passphrases/${stack}`];
    for (const path of own) rmSync(join(root, path), { recursive: true, force: true });
  }
}
