import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { vi } from "vitest";
import { type ReleaseRecord, releaseId } from "../../components/release/release";
import { projectPaths } from "../../scripts/operations/project";
import type { Session } from "../../scripts/operations/session";
import { secretNames } from "../../stacks/settings/secret-names";
import { captureOutput, fakePrograms } from "./fake-programs";
import { resource, stateText } from "./state-text";

export const releasedServices = ["api", "ws", "worker", "web", "migrations"];

/** A release of AudiFi on the stack `qa`, whose images all have this version. */
export function record(version: string, more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const images = Object.fromEntries(releasedServices.map((name) => [name, `backline/qa-${name}:${version}`]));
  const release = { id: releaseId(images), images, migration: "0007_x", contracts: [] };
  return { ...release, when: "2020-01-31T12:00:00Z", who: "ada@laptop", ...more };
}

/** The file of the stack `qa`. */
export const stackText = [
  "encryptionsalt: v1:salt",
  "config:",
  "  backline:domain: example.com # Mine.",
  "  backline:proxy: {certificates: internal}",
  "  backline:secrets:",
  ...secretNames.map((name) => `    ${name}: {secure: v1:x}`),
  "",
].join("\n");

/** A session whose engine is the test's own `pulumi`: nothing has to be installed. */
export const fakeSession = ({ root, stack }: Pick<Session, "root" | "stack">): Session => ({
  ...{ root, stack, exports: { variables: {}, path: [] } },
  toolchain: {
    kind: "registry",
    pulumi: "pulumi",
    pulumiHome: "",
    previewHome: "",
    path: [],
    environment: {},
  },
  environment: Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ),
});

export interface Facts {
  readonly records: readonly ReleaseRecord[];
  /** Releases whose images are on the host. Default: all. */
  readonly stored?: readonly ReleaseRecord[];
  /** What `pulumi up` does, in shell. Default: nothing. */
  readonly up?: string;
  /** `killed`: the engine's history knows nothing of it. */
  readonly lastUpdate?: "succeeded" | "failed" | "killed";
}

export interface ReleasedStack {
  readonly root: string;
  readonly stackFile: () => string;
  readonly writeStackFile: (text: string) => void;
  /** Gives the stack an engine and a Docker. Its outputs are those of a stack that runs one container. */
  readonly be: (facts: Facts) => void;
  /** The stack's file as the engine has seen it when it last deployed; undefined: it never did. */
  readonly deployed: () => string | undefined;
  readonly said: () => string;
  readonly remove: () => void;
}

/** A checkout of a test's own with the stack `qa`, which was released before. */
export function releasedStack(): ReleasedStack {
  const root = mkdtempSync(join(tmpdir(), "backline-released-"));
  const programs = fakePrograms();
  const output = captureOutput();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const path = join(root, "Pulumi.qa.yaml");
  write(path, stackText);
  write(projectPaths(root).passphrase("qa"), "secret");
  vi.stubEnv("PULUMI_BACKEND_URL", undefined);
  const seenPath = join(root, "seen.yaml");
  return {
    root,
    stackFile: () => readFileSync(path, "utf8"),
    writeStackFile: (text) => write(path, text),
    be: ({ records, stored = records, up = "", lastUpdate = "succeeded" }) => {
      const containers = [{ name: "qa-api-0", service: "api" }];
      write(
        join(root, "outputs"),
        JSON.stringify({ release: records.at(-1)?.id, releases: records, containers }),
      );
      const isKilled = lastUpdate === "killed";
      const state = stateText({ resources: [resource("api", { id: "1" })], pending: isKilled ? 1 : 0 });
      write(projectPaths(root).stackState("qa"), state);
      const result = isKilled ? "succeeded" : lastUpdate;
      write(join(root, "history"), JSON.stringify([{ kind: "update", result }]));
      programs.add(
        "pulumi",
        `case "$1 $2" in
          "stack output") cat ${root}/outputs ;;
          "stack history") cat ${root}/history ;;
          "preview "*|"refresh "*) ;;
          "up "*) cp ${path} ${seenPath}; ${up} ;;
          *) exit 9 ;;
        esac`,
      );
      programs.add("docker", fakeDocker(stored));
    },
    deployed: () => (existsSync(seenPath) ? readFileSync(seenPath, "utf8") : undefined),
    said: () => output.text().stderr,
    remove: () => {
      vi.restoreAllMocks();
      programs.remove();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function fakeDocker(stored: readonly ReleaseRecord[]): string {
  const images = stored.flatMap((release) => Object.values(release.images));
  const container = {
    ...{ Id: "1", Name: "/qa-api-0", RestartCount: 0, HostConfig: { Memory: 0, NanoCpus: 0 } },
    Config: { Image: "i", Labels: { "backline.service": "api" } },
    State: {
      ...{ Status: "running", StartedAt: "2030-01-01T00:00:00Z", ExitCode: 0 },
      Health: { Status: "healthy" },
    },
  };
  return `case "$1 $2" in
    "image ls") printf '%s\\n' ${images.join(" ")} ;;
    "container ls") echo 1 ;;
    "network ls") ;;
    "info "*) echo '{}' ;;
    "container inspect") echo '${JSON.stringify([container])}' ;;
    *) exit 9 ;;
  esac`;
}
