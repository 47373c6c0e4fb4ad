import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { SshAccess } from "../../../../components/shared/ssh";

export const access: SshAccess = {
  address: "203.0.113.10",
  user: "ops",
  port: 22,
  hostKey: "ssh-ed25519 AAAA",
  identityFile: undefined,
  first: { user: "root", port: 22 },
};

/** `docker` that keeps its images as files, a file an image, apart for this machine and for the host. */
const fakeDocker = `#!/bin/sh
side=\${DOCKER_SIDE:-here} images=$STATE/\${DOCKER_SIDE:-here}
file() { printf '%s/%s' "$images" "$(printf %s "$1" | tr / +)"; }
name() { basename "$1" | tr + /; }
[ ! -e "$STATE/$side.down" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
[ "$1" = version ] || [ "$2" = inspect ] || [ "$2" = ls ] || echo "$side: docker $*" >> "$STATE/log"
for last; do :; done
case "$1 $2" in
  "version "*) cat "$STATE/$side.arch" ;;
  "image inspect") [ -e "$(file "$last")" ] || exit 1
    case "$4" in *Size*) echo 134000000 ;; *) printf '%s %s\\n' "$last" "$(cat "$(file "$last")")" ;; esac ;;
  "image ls") for found in "$images"/*; do [ ! -e "$found" ] || name "$found"; done ;;
  "image rm") rm "$(file "$last")" ;;
  "build "*) [ ! -e "$STATE/build.fails" ] || { echo "no such base" >&2; exit 1; }
    previous=; for word; do [ "$previous" != --tag ] || echo "built" > "$(file "$word")"; previous=$word; done ;;
  "push "*) [ ! -e "$STATE/push.fails" ] || { echo "no basic auth credentials" >&2; exit 1; }
    mkdir -p "$STATE/registry"; cp "$(file "$last")" "$STATE/registry/" ;;
  "manifest inspect") [ -e "$STATE/registry/$(basename "$(file "$last")")" ] ;;
  "save "*) shift; for image; do
      printf '%s %s\\n' "$image" "$(cat "$(file "$image")")"
      [ ! -e "$STATE/save.fails" ] || { echo "the disk of this machine is gone" >&2; exit 1; }
    done ;;
  "load "*) [ ! -e "$STATE/load.fails" ] || { echo "no space left on device" >&2; exit 1; }
    while read -r image content; do echo "$content" > "$(file "$image")"; echo "Loaded image: $image"; done ;;
esac
`;

/** \`ssh\` that runs its last word as the host would. */
const fakeSsh = `#!/bin/sh
for last; do :; done
[ ! -e "$STATE/ssh.down" ] || { echo "ssh: connect to host: Connection timed out" >&2; exit 255; }
DOCKER_SIDE=there exec sh -c "$last"
`;

type Side = "here" | "there";

/** Two Docker engines, of this machine and of a host, as files in a folder. */
export class Engines {
  readonly #state = mkdtempSync(join(tmpdir(), "backline-engines-"));

  constructor() {
    const bin = join(this.#state, "bin");
    for (const folder of [bin, this.#path("here"), this.#path("there")]) mkdirSync(folder);
    for (const [name, text] of Object.entries({ docker: fakeDocker, ssh: fakeSsh })) {
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    }
    for (const side of ["here", "there"]) writeFileSync(this.#path(`${side}.arch`), "amd64\n");
  }

  #path(name: string): string {
    return join(this.#state, name);
  }

  put(side: Side, images: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(images))
      writeFileSync(join(this.#path(side), name.replaceAll("/", "+")), `${content}\n`);
  }

  images(side: Side | "registry"): Record<string, string> {
    const folder = this.#path(side);
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    return Object.fromEntries(
      names.map((name) => [name.replaceAll("+", "/"), readFileSync(join(folder, name), "utf8").trim()]),
    );
  }

  /** Something that goes wrong: `ssh.down`, `here.down`, `save.fails`. */
  fault(name: string): void {
    writeFileSync(this.#path(name), "");
  }

  mend(name: string): void {
    rmSync(this.#path(name));
  }

  architecture(side: Side, name: string): void {
    writeFileSync(this.#path(`${side}.arch`), `${name}\n`);
  }

  /** What `docker` was told to change since the last time, on which side. */
  calls(): string[] {
    const log = this.#path("log");
    const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
    rmSync(log, { force: true });
    return lines;
  }

  /** Runs a script as the engine of Pulumi would: over standard input. */
  async run(script: string): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
    const { exitCode, stdout, stderr } = await execa("sh", ["-s"], {
      input: script,
      reject: false,
      env: { STATE: this.#state, HOME: this.#state, PATH: `${this.#path("bin")}:${process.env.PATH}` },
    });
    return { exitCode, stdout, stderr };
  }

  remove(): void {
    rmSync(this.#state, { recursive: true, force: true });
  }
}
