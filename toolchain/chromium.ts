import { OperationError } from "../components/shared/errors";
import { installPackages, refreshPackageLists } from "./docker/packages";
import { findProgram } from "./docker/programs";
import type { Progress } from "./progress";

/** The browser that uses the front end in tests, by its names in Debian and elsewhere. */
export const browserPrograms = ["chromium", "chromium-browser", "google-chrome"] as const;

type Find = (name: string) => string | undefined;

/**
 * What is installed where no browser is there, as one sentence; none where one is.
 * @throws OperationError where there is no apt-get to install it with.
 */
export function planChromium(find: Find = findProgram): string[] {
  if (browserPrograms.some((name) => find(name) !== undefined)) return [];
  if (find("apt-get") === undefined)
    throw new OperationError(
      `there is no ${browserPrograms.join(" or ")} on PATH, which the end-to-end tests use; install Chromium`,
    );
  return ["Install Chromium (chromium) with apt-get, for the end-to-end tests of the front end."];
}

/** Installs Chromium where no browser is there. The caller has shown `planChromium` and asked. */
export async function ensureChromium(progress: Progress): Promise<void> {
  if (planChromium().length === 0) return;
  await progress.task("Chromium: install", async (report) => {
    await refreshPackageLists(report);
    await installPackages(["chromium"], report);
  });
}
