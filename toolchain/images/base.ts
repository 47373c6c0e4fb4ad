import { join } from "node:path";
import { cached } from "../cache";
import { installPackages, refreshPackageLists } from "../docker/packages";
import { findProgram } from "../docker/programs";
import { rootPrefix } from "../docker/root";
import { run } from "../docker/run";
import type { Progress, Report } from "../progress";
import { baseKey, imageFolder } from "./keys";
import { hostMirrors } from "./mirrors";
import { findImages, presence, standInLabel } from "./presence";

/** Every stand-in begins with this image; an official one of that name serves as well. */
export const baseReference = "debian:bookworm-slim";

/** What `ensureBaseImage` would install on this machine, one sentence each. */
export function planBaseImage(): string[] {
  return findProgram("debootstrap") === undefined
    ? ["Install debootstrap with apt-get, which makes the images' common base."]
    : [];
}

/** Makes `debian:bookworm-slim` if Docker lacks it: from the cache, or with debootstrap. */
export async function ensureBaseImage(progress: Progress): Promise<void> {
  const key = await baseKey();
  const state = presence(await findImages([baseReference]), baseReference, key);
  if (state === "current" || state === "official") return;
  await progress.task(`Image ${baseReference}`, async (report) => {
    const folder = await cached({
      name: "stand-in-base",
      key,
      build: (staging) => bootstrap(join(staging, "root.tar"), report),
      report,
    });
    report("importing");
    const changes = ['CMD ["bash"]', `LABEL ${standInLabel}=${key}`].flatMap((change) => [
      "--change",
      change,
    ]);
    await run(["docker", "import", ...changes, join(folder, "root.tar"), baseReference], {
      what: `Importing ${baseReference}`,
    });
  });
}

async function bootstrap(tar: string, report: Report): Promise<void> {
  const what = "Making the base image with debootstrap";
  const prefix = await rootPrefix(what);
  if (findProgram("debootstrap") === undefined) {
    await refreshPackageLists(report);
    await installPackages(["debootstrap", "debian-archive-keyring"], report);
  }
  const { main = "", security = "", proxy } = await hostMirrors();
  const environment = proxy === undefined ? [] : ["env", `http_proxy=${proxy}`];
  const script = join(imageFolder("base"), "build.sh");
  await run([...prefix, ...environment, "sh", script, tar, main, security], { what, report });
}
