import { execa } from "execa";
import { catalogue, type ImageName } from "../../components/images";

const image = (name: ImageName) => `${catalogue[name].repository}:${catalogue[name].tag}`;

/** Runs a program of an image on files that it gets as base64 on standard input, without network. */
export async function check(name: ImageName, files: Record<string, string>, command: string) {
  const input = Object.entries(files)
    .map(([file, content]) => `${file} ${Buffer.from(content).toString("base64")}\n`)
    .join("");
  const script = `cd /tmp && while read -r name data; do printf %s "$data" | base64 -d > "$name"; done && ${command}`;
  const args = [
    "run",
    "--rm",
    "-i",
    "--network",
    "none",
    "--label",
    "backline.test=golden",
    "--entrypoint",
    "/bin/sh",
    image(name),
    "-euc",
    script,
  ];
  const { exitCode, all } = await execa("docker", args, { input, all: true, reject: false });
  return { exitCode, output: all };
}
