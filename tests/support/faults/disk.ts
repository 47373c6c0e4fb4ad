/** A small disk of its own for a stack's stores: what fills it touches nothing else on this machine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { labels } from "../../../components/shared/names";
import { docker } from "../backline";

/** MiB. */
const size = 1_024;

/** MiB that are left to be written, of what else is only promised: that is done at once, and uses no disk here. */
const rest = 16;

const filler = "filler";

/** uid:gid of the stores in their images. */
const owner = "999:999";

async function asRoot(...command: readonly [string, ...string[]]): Promise<string> {
  const [program, ...words] = process.getuid?.() === 0 ? command : ["sudo", "-n", ...command];
  const { stdout } = await execa(program ?? "", words);
  return stdout;
}

export class SmallDisk {
  readonly #folder = mkdtempSync(join(tmpdir(), "backline-disk-"));
  readonly #image = join(this.#folder, "image");
  /** Where it is mounted. */
  readonly path = join(this.#folder, "disk");

  private constructor(private readonly stack: string) {}

  /** Mounts an empty disk, with the data volumes of a stack's stores on it. */
  static async mount(stack: string, stores: readonly string[]): Promise<SmallDisk> {
    const disk = new SmallDisk(stack);
    try {
      await execa("truncate", ["--size", `${size}M`, disk.#image]);
      await asRoot("mkfs.ext4", "-q", "-m", "0", disk.#image);
      await asRoot("mkdir", "-p", disk.path);
      // A temporary folder is its owner's alone, and both the stores and who measures the disk are others.
      await asRoot("chmod", "0755", disk.#folder);
      await asRoot("mount", "-o", "loop", disk.#image, disk.path);
      for (const store of stores) await disk.#volume(store);
      return disk;
    } catch (error) {
      await disk.remove();
      throw error;
    }
  }

  /** As the stack itself would make it, but for the place. */
  async #volume(store: string): Promise<void> {
    const folder = join(this.path, store);
    await asRoot("mkdir", folder);
    await asRoot("chown", owner, folder);
    await docker(
      ...["volume", "create", "--label", `${labels.stack}=${this.stack}`, "--label", `${labels.kind}=data`],
      ...["--opt", "type=none", "--opt", "o=bind", "--opt", `device=${folder}`],
      `${this.stack}-${store}-data`,
    );
  }

  /** MiB that are free. */
  async free(): Promise<number> {
    const text = await asRoot("df", "--block-size=1M", "--output=avail", this.path);
    return Number(text.split("\n")[1]);
  }

  /** Fills it until so many MiB are free. */
  async fillTo(free: number): Promise<void> {
    await this.empty();
    const length = (await this.free()) - Math.max(free, rest);
    await asRoot("fallocate", "--length", `${length}M`, join(this.path, filler));
    if (free > 0) return;
    // To the last block, which is no round figure.
    await asRoot("sh", "-c", `cat /dev/zero > ${join(this.path, `${filler}-rest`)} 2> /dev/null || true`);
  }

  /** Removes what has filled it. */
  async empty(): Promise<void> {
    await asRoot("sh", "-c", `rm -f ${join(this.path, filler)}*`);
  }

  /** Unmounts it, when the stack is gone. */
  async remove(): Promise<void> {
    await asRoot("umount", this.path).catch(() => undefined);
    await asRoot("rm", "-rf", "--one-file-system", this.path).catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
