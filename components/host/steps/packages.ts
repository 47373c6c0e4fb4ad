import type { Distribution } from "../distribution";
import type { HostStep } from "../step";

const names = [
  "auditd",
  "ca-certificates",
  "curl",
  "fail2ban",
  "iptables",
  "openssh-server",
  "python3-systemd",
  "sudo",
  "systemd-timesyncd",
  "tzdata",
  "ufw",
  "unattended-upgrades",
];

const installed = (name: string) =>
  `dpkg-query -W -f '$\{db:Status-Status}' ${name} 2> /dev/null | grep -qx installed`;

/** Docker's own packages where their repository can be reached, else the distribution's `docker.io`. */
export function packages(distribution: Distribution): HostStep {
  const repository = distribution.dockerRepository;
  return {
    name: "packages",
    sets: "Installs what the other steps configure, and Docker Engine unless one is there: from Docker's repository where it can be reached, else the distribution's.",
    files: [],
    apply: [
      "export DEBIAN_FRONTEND=noninteractive",
      'apt() { apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 "$@"; }',
      "missing=",
      `for name in ${names.join(" ")}; do`,
      `  ${installed('"$name"')} || missing="$missing $name"`,
      "done",
      'if [ -n "$missing" ]; then',
      "  apt update",
      "  apt install --no-install-recommends $missing",
      "fi",
      "if ! command -v dockerd > /dev/null; then",
      '  key=$(mktemp) docker="docker.io"',
      `  if curl -fsSL --connect-timeout 5 --max-time 30 -o "$key" ${repository}/gpg; then`,
      '    install -D -m 0644 "$key" /etc/apt/keyrings/docker.asc',
      "    {",
      '      echo "Types: deb"',
      `      echo "URIs: ${repository}"`,
      `      echo "Suites: ${distribution.codename}"`,
      '      echo "Components: stable"',
      '      echo "Architectures: $(dpkg --print-architecture)"',
      '      echo "Signed-By: /etc/apt/keyrings/docker.asc"',
      "    } > /etc/apt/sources.list.d/docker.sources",
      '    docker="docker-ce docker-ce-cli containerd.io"',
      "  fi",
      '  rm -f "$key"',
      "  apt update",
      "  apt install --no-install-recommends $docker",
      "fi",
      "systemctl enable --quiet --now docker.service",
    ].join("\n"),
    check: [
      "drift=0",
      `for name in ${names.join(" ")}; do`,
      `  ${installed('"$name"')} || { echo "the package $name is not installed"; drift=1; }`,
      "done",
      "command -v dockerd > /dev/null || { echo 'Docker Engine is not installed'; drift=1; }",
      "systemctl is-enabled --quiet docker.service 2> /dev/null || { echo 'docker.service is not enabled'; drift=1; }",
      'exit "$drift"',
    ].join("\n"),
    undo: "Packages stay: what else uses them is not known. Remove single ones with apt-get remove.",
    kernelWide: false,
  };
}
