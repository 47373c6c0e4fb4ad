import { expectations, type HostStep, rootFile } from "../step";

/** Rounds of SHA-512 for a password that somebody sets by hand: 5000 are the library's own. */
const rounds = 65_536;

const hashing = ["SHA_CRYPT_MIN_ROUNDS", "SHA_CRYPT_MAX_ROUNDS"] as const;

/** What holds for whoever has an account. Nothing here concerns containers: their limits are Docker's. */
export const accounts: HostStep = {
  name: "accounts",
  sets: `Hashes passwords in ${rounds} rounds, ends a shell that is idle for an hour, and writes no core dumps, which hold secrets.`,
  files: [
    rootFile("/etc/security/limits.d/50-backline.conf", "* hard core 0", "root hard core 0"),
    rootFile(
      "/etc/systemd/coredump.conf.d/50-backline.conf",
      "[Coredump]",
      "Storage=none",
      "ProcessSizeMax=0",
    ),
    rootFile(
      "/etc/profile.d/backline.sh",
      "ulimit -c 0",
      "# A second shell inside the first finds it set.",
      'case "$-:$' + '{TMOUT-}" in',
      "  *i*:) TMOUT=3600; readonly TMOUT; export TMOUT ;;",
      "esac",
    ),
  ],
  apply: hashing
    .map((key) =>
      [
        `if grep -qx '${key} ${rounds}' /etc/login.defs; then`,
        "  :",
        `elif grep -q '^${key}[[:space:]]' /etc/login.defs; then`,
        `  sed -i 's/^${key}[[:space:]].*/${key} ${rounds}/' /etc/login.defs`,
        "else",
        `  echo '${key} ${rounds}' >> /etc/login.defs`,
        "fi",
      ].join("\n"),
    )
    .join("\n"),
  check: expectations(
    ...hashing.map((key): [string, string] => [
      `grep -qx '${key} ${rounds}' /etc/login.defs`,
      `/etc/login.defs has another ${key} than ${rounds}`,
    ]),
  ),
  undo: [
    "rm -f /etc/security/limits.d/50-backline.conf /etc/systemd/coredump.conf.d/50-backline.conf /etc/profile.d/backline.sh",
    "sed -i '/^SHA_CRYPT_M[A-Z]*_ROUNDS /d' /etc/login.defs",
  ].join("\n"),
  kernelWide: false,
};
