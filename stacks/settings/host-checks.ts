import type { Finding } from "./checks";
import type { Settings } from "./settings";

const finding = (path: string, message: string): Finding => ({ code: "host", path, message });

/** What is wrong with a host that is reached over SSH. */
export function checkHost({ host }: Settings): Finding[] {
  return host.address !== undefined && host.user === "root"
    ? [
        finding(
          "host.user",
          '"root" may not sign in on a hardened host; write another name such as "ops", and root as host.firstUser',
        ),
      ]
    : [];
}

/** What a preview does without and a deploy does not. */
export function missingOfHost({ stack, host }: Settings): Finding[] {
  if (host.address === undefined) return [];
  return [
    ...(host.hostKey === undefined
      ? [finding("host.hostKey", `is not set; run: ./backline host trust ${stack}`)]
      : []),
    ...(host.publicKeys.length === 0
      ? [
          finding(
            "host.publicKeys",
            `there is none, and ${host.user} could not sign in; add the line of your .pub file`,
          ),
        ]
      : []),
  ];
}
