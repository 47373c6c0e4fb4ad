/** A machine that lacks something, or on which something else is in the way: what `up` says, and what `doctor` lists. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { catalogue } from "../../components/images";
import { labels } from "../../components/shared/names";
import { projectPaths } from "../../scripts/operations/project";
import { cacheRoot } from "../../toolchain/cache";
import { remains, root } from "../support/backline";
import { Checkout } from "../support/checkout";

const stack = "e2e-machine";
const ports = { http: 48380, https: 48743 };
const settings = `config:
  backline:domain: audifi.localhost
  backline:proxy: { httpPort: ${ports.http}, httpsPort: ${ports.https}, certificates: internal }
`;

/** Runs `./backline` on a machine as it is meant to be then. */
type Run = (...words: string[]) => Promise<{ exitCode?: number | undefined; stdout: string; stderr: string }>;

let checkout: Checkout;
let paths: ReturnType<typeof projectPaths>;
const undone: (() => unknown)[] = [];

const withEnvironment =
  (env: Readonly<Record<string, string>>): Run =>
  async (...words) =>
    await execa(join(checkout.root, "backline"), words, { reject: false, stdin: "ignore", env });

const here = withEnvironment({});

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "backline-machine-"));
  undone.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

/** A PATH with every program of this machine's but one. */
function pathWithout(program: string): string {
  const programs = folder();
  for (const place of (process.env.PATH ?? "").split(delimiter).filter((place) => existsSync(place)))
    for (const name of readdirSync(place))
      if (name !== program && !existsSync(join(programs, name)))
        try {
          symlinkSync(join(place, name), join(programs, name));
        } catch {
          // A link to nothing, of the same name, is there.
        }
  return programs;
}

/** A blank Debian on which an ordinary user has the project and its tools, and neither Docker nor sudo. */
const withoutDocker: Run = async (...words) => {
  const { repository, tag } = catalogue.node;
  const read = [cacheRoot(), join(root, "node_modules")].flatMap((path) => [
    "--volume",
    `${path}:${path}:ro`,
  ]);
  const user = "1000:1000";
  execFileSync("chown", ["--recursive", user, checkout.root]);
  try {
    const options = ["--rm", "--network", "none", "--user", user, "--label", `${labels.stack}=${stack}`];
    const environment = ["--env", `XDG_CACHE_HOME=${dirname(cacheRoot())}`, "--env", "HOME=/tmp"];
    const volumes = ["--volume", `${checkout.root}:${checkout.root}`, ...read];
    const command = [join(checkout.root, "backline"), ...words];
    return await execa(
      "docker",
      ["run", ...options, ...environment, ...volumes, `${repository}:${tag}`, ...command],
      { reject: false, stdin: "ignore" },
    );
  } finally {
    const { uid, gid } = userInfo();
    execFileSync("chown", ["--recursive", `${uid}:${gid}`, checkout.root]);
  }
};

/** Replaces a file until the test is over; undefined: takes it away. */
function put(path: string, text: string | undefined): void {
  const before = readFileSync(path);
  undone.push(() => writeFileSync(path, before, { mode: 0o600 }));
  if (text === undefined) rmSync(path);
  else writeFileSync(path, text);
}

interface Lack {
  /** Brings it about; answers how Backline is run then. */
  readonly make: () => Run | Promise<Run>;
  readonly says: string | RegExp;
  readonly finding: { readonly name: string; readonly status: string; readonly mend: unknown };
}

const lacks: Readonly<Record<string, Lack>> = {
  "no Docker, and no right to install it": {
    make: () => withoutDocker,
    says: /^Docker Engine is missing, and this user may not install it, because there is no sudo for this user; have root install it .*, then log in again$/,
    finding: { name: "Docker", status: "fail", mend: expect.stringContaining("have root install it") },
  },
  "a port that another program has": {
    make: async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(ports.https, "0.0.0.0", resolve));
      undone.push(() => server.close());
      return here;
    },
    says: new RegExp(
      `^port ${ports.https} \\(proxy\\.httpsPort\\) is held by .*; end it, or write another port in Pulumi\\.${stack}\\.yaml$`,
    ),
    finding: {
      name: `port ${ports.https}`,
      status: "fail",
      mend: "end it, or write another port under backline:proxy in Pulumi.dev.yaml",
    },
  },
  "no Go where tools must be built": {
    make: () => {
      put(paths.toolchain, undefined);
      return withEnvironment({ PATH: pathWithout("go"), XDG_CACHE_HOME: folder() });
    },
    says: /^Go is missing: no program "go" on PATH; install Go \S+ or later/,
    finding: { name: "Go", status: "fail", mend: expect.stringContaining("install Go") },
  },
  "a daemon that does not answer": {
    make: () => withEnvironment({ DOCKER_HOST: `unix://${join(folder(), "docker.sock")}` }),
    says: /^Docker does not answer at unix:\/\/\S+docker\.sock \(.*\); start it there, or unset DOCKER_HOST and run `docker context use default`$/,
    finding: { name: "Docker", status: "fail", mend: expect.stringContaining("start it there") },
  },
  "a wrong passphrase": {
    make: () => {
      put(paths.passphrase(stack), "open sesame\n");
      return here;
    },
    says: `the passphrase does not fit the stack ${stack}; put the right one into .backline/passphrases/${stack} or set PULUMI_CONFIG_PASSPHRASE_FILE`,
    finding: { name: `passphrase of ${stack}`, status: "fail", mend: expect.stringContaining("put") },
  },
  "no passphrase": {
    make: () => {
      put(paths.passphrase(stack), undefined);
      return here;
    },
    says: new RegExp(`^the passphrase of the stack ${stack} is not on this machine; put it into `),
    finding: {
      name: `passphrase of ${stack}`,
      status: "warn",
      mend: expect.stringContaining(`passphrases/${stack}`),
    },
  },
  "a stack that another run works on": {
    make: () => {
      const { pid } = process;
      const lock = join(paths.stackLocks(stack), "one.json");
      const who = { pid, username: "ada", hostname: execFileSync("hostname", { encoding: "utf8" }).trim() };
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, JSON.stringify({ ...who, timestamp: new Date().toISOString() }));
      undone.push(() => rmSync(lock));
      return here;
    },
    says: new RegExp(
      `^the stack ${stack} is in use: ada@\\S+ works on it \\(process ${process.pid}, since .*\\); wait for it and run the command again$`,
    ),
    finding: {
      name: `lock of ${stack}`,
      status: "warn",
      mend: `wait for it; if it hangs, kill ${process.pid} ends it`,
    },
  },
};

const report = z.object({
  healthy: z.boolean(),
  findings: z.array(
    z.object({ name: z.string(), status: z.string(), detail: z.string(), mend: z.string().optional() }),
  ),
});

beforeAll(async () => {
  checkout = new Checkout(stack);
  paths = projectPaths(checkout.root);
  checkout.configure(settings);
  // Whose ports `doctor` looks at.
  checkout.add("Pulumi.dev.yaml", settings);
  expect(await checkout.backline("init")).toMatchObject({ exitCode: 0 });
});
afterAll(() => checkout?.remove());

describe.each(Object.entries(lacks))("%s", (_what, { make, says, finding }) => {
  let run: Run;
  beforeAll(async () => {
    run = await make();
  });
  afterAll(async () => {
    for (const undo of undone.splice(0).reverse()) await undo();
  });

  it("is told by up in one sentence with the mend, exit code 1, and nothing is made", async () => {
    const { exitCode, stderr } = await run("up", stack, "--yes");
    expect(exitCode, stderr).toBe(1);
    expect(stderr.split("\n").at(-1), stderr).toMatch(says);
    expect(stderr).not.toContain("    at ");
    expect(await remains(stack)).toEqual({ containers: [], networks: [], images: [], volumes: [] });
  });

  it("is a line of doctor's", async () => {
    const { exitCode, stdout } = await run("doctor", "--json");
    const { healthy, findings } = report.parse(JSON.parse(stdout));
    expect(findings).toContainEqual(expect.objectContaining(finding));
    expect({ exitCode, healthy }).toEqual({
      exitCode: findings.some(({ status }) => status === "fail") ? 1 : 0,
      healthy: !findings.some(({ status }) => status === "fail"),
    });
    const { name, mend = "" } = findings.find((found) => found.name === finding.name) ?? {};
    const line = (await run("doctor")).stdout.split("\n").find((text) => text.includes(`${name} `));
    expect(line).toContain(mend);
  });
});
