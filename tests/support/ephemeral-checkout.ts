import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { vi } from "vitest";
import { projectPaths } from "../../scripts/operations/project";
import { type FakeDocker, fakeDocker } from "./fake-docker";
import { captureOutput, fakePrograms } from "./fake-programs";

const stagingText = [
  "config:",
  "  backline:domain: example.com",
  "  backline:sites: {api: staging-api.example.com}",
  "  backline:host: {address: 203.0.113.10, memory: 16Gi, cpus: 4}",
  "  backline:services: {api: {replicas: 1}}",
  "",
].join("\n");

/** A checkout of a test's own with a staging, an engine and a Docker that last as long as the test. */
export interface EphemeralCheckout {
  readonly root: string;
  readonly docker: FakeDocker;
  /** A settings file that puts the stack's files below the fake Docker's own directory. */
  readonly settings: string;
  /** Files of this checkout that belong to the stacks, as paths from its root. */
  readonly files: () => string[];
  /** Directories of stacks on the host. */
  readonly directories: () => string[];
  readonly said: () => string;
  readonly remove: () => void;
}

export function ephemeralCheckout(docker = fakeDocker()): EphemeralCheckout {
  const root = mkdtempSync(join(tmpdir(), "backline-ephemeral-"));
  const programs = fakePrograms();
  const output = captureOutput();
  vi.stubEnv("PULUMI_BACKEND_URL", undefined);
  writeFileSync(join(root, "Pulumi.staging.yaml"), stagingText);
  const settings = join(root, "given.yaml");
  writeFileSync(settings, `config:\n  backline:host: {directory: ${docker.files}}\n`);
  programs.add("docker", docker.script);
  programs.add("pulumi", engine(root, docker));
  const belowRoot = (folder: string): string[] =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      : [];
  return {
    root,
    docker,
    settings,
    files: () =>
      belowRoot(root)
        .filter((file) => !["Pulumi.staging.yaml", "given.yaml"].includes(file))
        .sort(),
    directories: () => (existsSync(docker.files) ? readdirSync(docker.files) : []),
    said: () => output.text().stderr,
    remove: () => {
      vi.restoreAllMocks();
      programs.remove();
      docker.remove();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What `pulumi` does to the checkout and to Docker, step by step. */
function engine(root: string, docker: FakeDocker): string {
  const paths = projectPaths(root);
  const example = paths.stackState("@");
  mkdirSync(dirname(example), { recursive: true });
  const [history = "", backups = ""] = paths.stackHistory("@");
  const at = (path: string): string => path.replaceAll("@", "$stack");
  return `${docker.prelude}
  verb="$1 $2"
  stack=$3
  previous=
  for word in "$@"; do [ "$previous" = --stack ] && stack=$word; previous=$word; done
  file=${root}/Pulumi.$stack.yaml
  label=backline.stack=$stack
  case "$verb" in
    "stack init")
      echo '{"checkpoint":{"latest":{"resources":[]}}}' > ${at(example)} ;;
    "config set")
      cat > /dev/null
      grep -q encryptionsalt $file || { printf 'encryptionsalt: v1:salt\\n' | cat - $file > $file.new; mv $file.new $file; }
      grep -q backline:secrets $file || echo '  backline:secrets:' >> $file
      echo "    \${5#backline:secrets.}: {secure: v1:x}" >> $file ;;
    "stack output") echo "{\\"containers\\":[{\\"name\\":\\"$stack-api\\",\\"service\\":\\"api\\"}],\\"urls\\":{}}" ;;
    "up "*)
      echo > ${at(example)}.bak.1f.tmp
      mkdir -p ${at(history)} ${at(backups)} ${at(paths.ofStack("@"))}
      echo one > ${at(history)}/one; echo one > ${at(backups)}/one; echo ca > ${at(paths.ofStack("@"))}/ca.crt
      thing network $stack-edge $label
      thing volume $stack-postgres-data $label
      thing image $stack-image $label
      step "files of $stack"; mkdir -p ${docker.files}/$stack/api-1; echo secret > ${docker.files}/$stack/api-1/password
      thing container $stack-api $label
      thing container $stack-task $label
      echo '{"checkpoint":{"latest":{"resources":[{"urn":"urn:pulumi:eph::backline::t::a","type":"t","id":"1"}]}}}' > ${at(example)} ;;
    *) exit 9 ;;
  esac`;
}
