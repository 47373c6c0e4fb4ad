import type { Distribution } from "../distribution";
import type { HostStep } from "../step";

const names = [
  "ca-certificates",
  "curl",
  "debsums",
  "fail2ban",
  "iptables",
  "openssh-server",
  "python3-systemd",
  "sudo",
  "tzdata",
  "ufw",
  "unattended-upgrades",
];

/** Of no use where the kernel and its clock belong to others. */
const kernelWideNames = ["auditd", "systemd-timesyncd"];

const backports = "/etc/apt/sources.list.d/backline-openssh.list";
const opensshPackages = ["openssh-client", "openssh-server", "openssh-sftp-server"];

const installed = (name: string) =>
  `dpkg-query -W -f '$\{db:Status-Status}' ${name} 2> /dev/null | grep -qx installed`;

/**
 * `quietly <command>` is heard only when the command fails, and tries again for two minutes while another program holds
 * one of the locks of the packages: `apt-get update` itself waits for none.
 */
const apt = `\
quietly() {
  left=120
  until "$@" > "$state/packages.log" 2>&1; do
    if [ "$left" = 0 ] || ! grep -qE 'Could not get lock|Unable to acquire the dpkg|locked by another process' "$state/packages.log"; then
      grep -E '^(E|W|Err|dpkg)|No space left' "$state/packages.log" >&2 || tail -n 10 "$state/packages.log" >&2
      return 1
    fi
    sleep 1
    left=$((left - 1))
  done
}
apt() { quietly apt-get -qq -y -o Acquire::Retries=2 -o Dpkg::Options::=--force-confold "$@"; }`;

/** Brings an installation that was cut off to its end. What was cut off while it was unpacked is unpacked anew. */
const mendInterrupted: readonly string[] = [
  'if [ -n "$(dpkg --audit)$(ls /var/lib/dpkg/updates)" ]; then',
  '  echo "packages: an installation was cut off, and is brought to its end"',
  "  apt update",
  "  # What this cannot do is done by what follows, which says why where it cannot either.",
  '  dpkg --force-confdef --force-confold --configure -a > "$state/packages.log" 2>&1 || true',
  `  torn=$(dpkg-query -W -f '$\{db:Status-Eflag} $\{Package}\\n' | sed -n 's/^reinstreq //p')`,
  '  if [ -n "$torn" ]; then apt install --reinstall $torn; fi',
  "  apt install --fix-broken",
  "  quietly dpkg --force-confdef --force-confold --configure -a",
  "fi",
];

/** Docker's own packages where their repository can be reached, else the distribution's `docker.io`. */
const installDocker = ({ dockerRepository: repository, codename }: Distribution): string[] => [
  "if ! command -v dockerd > /dev/null; then",
  '  key=$(mktemp) docker="docker.io"',
  `  if curl -fsSL --connect-timeout 5 --max-time 30 -o "$key" ${repository}/gpg 2> /dev/null; then`,
  '    install -D -m 0644 "$key" /etc/apt/keyrings/docker.asc',
  "    {",
  '      echo "Types: deb"',
  `      echo "URIs: ${repository}"`,
  `      echo "Suites: ${codename}"`,
  '      echo "Components: stable"',
  '      echo "Architectures: $(dpkg --print-architecture)"',
  '      echo "Signed-By: /etc/apt/keyrings/docker.asc"',
  "    } > /etc/apt/sources.list.d/docker.sources",
  '    docker="docker-ce docker-ce-cli containerd.io"',
  "    apt update",
  "  fi",
  '  rm -f "$key"',
  '  echo "packages: Docker Engine as $docker"',
  "  apt install --no-install-recommends $docker",
  "fi",
];

/** Adds to `$missing` the packages of an OpenSSH that the release itself does not have. */
const wantOpenssh = ({ openssh: { from }, codename }: Distribution): string[] =>
  from === undefined
    ? []
    : [
        `if ! ${recent(from.version)}; then`,
        "  # From the mirror that the host has its other packages from.",
        `  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | awk '$2 == "${codename}" { print $1; exit }')`,
        '  if [ -z "$mirror" ]; then',
        "    # apt-get counts a mirror that does not answer as a warning.",
        `    grep -E '^(E|W)' "$state/packages.log" >&2 || echo "the sources of apt name no mirror of ${codename}" >&2`,
        "    exit 1",
        "  fi",
        `  echo "deb $mirror ${from.suite} main" > ${backports}`,
        `  apt update -o Dir::Etc::sourcelist=${backports} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`,
        `  missing="$missing ${opensshPackages.map((name) => `${name}/${from.suite}`).join(" ")}"`,
        "fi",
      ];

const recent = (version: string): string =>
  `dpkg --compare-versions "$(dpkg-query -W -f '$\{Version}' openssh-server 2> /dev/null)" ge ${version}`;

export function packages(distribution: Distribution, container: boolean): HostStep {
  const all = [...names, ...(container ? [] : kernelWideNames)].sort();
  const { from } = distribution.openssh;
  return {
    name: "packages",
    sets: "Installs what the other steps configure, and Docker Engine unless one is there: from Docker's repository where it can be reached, else the distribution's.",
    files: [],
    apply: [
      "export DEBIAN_FRONTEND=noninteractive",
      apt,
      ...mendInterrupted,
      "missing=",
      `for name in ${all.join(" ")}; do`,
      `  ${installed('"$name"')} || missing="$missing $name"`,
      "done",
      `if [ -n "$missing" ] || ${from === undefined ? "" : `! ${recent(from.version)} || `}! command -v dockerd > /dev/null; then apt update; fi`,
      ...wantOpenssh(distribution),
      'if [ -n "$missing" ]; then apt install --no-install-recommends $missing; fi',
      ...installDocker(distribution),
      "systemctl enable --quiet --now docker.service",
    ].join("\n"),
    check: [
      "drift=0",
      `for name in ${all.join(" ")}; do`,
      `  ${installed('"$name"')} || { echo "the package $name is not installed"; drift=1; }`,
      "done",
      ...(from === undefined
        ? []
        : [`${recent(from.version)} || { echo 'OpenSSH is older than ${from.version}'; drift=1; }`]),
      "command -v dockerd > /dev/null || { echo 'Docker Engine is not installed'; drift=1; }",
      "systemctl is-enabled --quiet docker.service 2> /dev/null || { echo 'docker.service is not enabled'; drift=1; }",
      'exit "$drift"',
    ].join("\n"),
    undo: "Packages stay: what else uses them is not known. Remove single ones with apt-get remove.",
    kernelWide: false,
  };
}
