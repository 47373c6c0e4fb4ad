import type { Finding } from "./checks";
import type { Settings } from "./settings";

const finding = (path: string, message: string): Finding => ({ code: "images", path, message });

/** Whether the images of the bundled services can reach the host as the settings say. */
export function checkImages({ images, host }: Settings): Finding[] {
  const { bundled, repository } = images;
  if (bundled === "send" && host.address === undefined)
    return [
      finding(
        "images.bundled",
        '"send" needs a host elsewhere, and this stack runs on Docker on this machine; write "build", or set host.address',
      ),
    ];
  if (bundled === "registry" && repository === undefined)
    return [
      finding(
        "images.repository",
        'is not set, and "registry" pushes there; write "registry.example.com/team"',
      ),
    ];
  if (bundled !== "registry" && repository !== undefined)
    return [
      finding(
        "images.repository",
        `is used by images.bundled: registry alone, and that says "${bundled}"; write "registry" there or remove this key`,
      ),
    ];
  return [];
}
