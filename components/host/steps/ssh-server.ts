import type { HostArgs } from "../args";
import type { Distribution } from "../distribution";
import { expectations, type HostStep, lines, running } from "../step";

/** Read before every other part of the configuration, and the first value of a key counts. */
const path = "/etc/ssh/sshd_config.d/00-backline.conf";

const hostKeys = ["ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"];
const certificates = [
  "sk-ssh-ed25519-cert-v01@openssh.com",
  "ssh-ed25519-cert-v01@openssh.com",
  "rsa-sha2-512-cert-v01@openssh.com",
  "rsa-sha2-256-cert-v01@openssh.com",
];
const accepted = [...certificates, "sk-ssh-ed25519@openssh.com", ...hostKeys].join(",");

/** Keys alone, one user, and the algorithms of the hardened policy that the distribution names. */
export function renderSshServer({ admin, ssh }: HostArgs, { openssh }: Distribution): string {
  const users = ssh.allow.length === 0 ? [admin.name] : ssh.allow.map((range) => `${admin.name}@${range}`);
  return lines(
    `Port ${ssh.port}`,
    // The server offers its keys in this order.
    ...openssh.hostKeys.map((kind) => `HostKey /etc/ssh/ssh_host_${kind}_key`),
    "",
    `AllowUsers ${users.join(" ")}`,
    "AuthenticationMethods publickey",
    "PubkeyAuthentication yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "HostbasedAuthentication no",
    "PermitEmptyPasswords no",
    "PermitRootLogin no",
    "PermitUserEnvironment no",
    "LoginGraceTime 30",
    "MaxAuthTries 3",
    "# Docker's client opens one session for each request over one connection.",
    "MaxSessions 100",
    "MaxStartups 10:30:60",
    ...(openssh.hasPenalties && ssh.allow.length > 0
      ? [`PerSourcePenaltyExemptList ${ssh.allow.join(",")}`]
      : []),
    "",
    "AllowAgentForwarding no",
    "AllowStreamLocalForwarding no",
    "AllowTcpForwarding no",
    "PermitTunnel no",
    "X11Forwarding no",
    "Compression no",
    "TCPKeepAlive no",
    "ClientAliveInterval 90",
    "ClientAliveCountMax 2",
    "LogLevel VERBOSE",
    "",
    `KexAlgorithms ${openssh.keyExchanges.join(",")}`,
    "Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-gcm@openssh.com,aes128-ctr",
    `MACs ${openssh.macs.join(",")}`,
    `HostKeyAlgorithms ${accepted}`,
    `PubkeyAcceptedAlgorithms ${accepted}`,
    `HostbasedAcceptedAlgorithms ${accepted}`,
    `CASignatureAlgorithms sk-ssh-ed25519@openssh.com,${hostKeys.join(",")}`,
    "RequiredRSASize 3072",
  );
}

export function sshServer(args: HostArgs, distribution: Distribution): HostStep {
  const { name } = args.admin;
  return {
    name: "ssh-server",
    sets: `Lets ${name} alone sign in, on port ${args.ssh.port}, with a key and modern algorithms: no root, no passwords, no forwarding.`,
    files: [
      {
        path,
        mode: "0600",
        owner: "root:root",
        content: renderSshServer(args, distribution),
        // Without a key that fits, nobody could sign in any more.
        validate: `mkdir -p /run/sshd && ssh-keygen -l -f /home/${name}/.ssh/authorized_keys > /dev/null && ssh-keygen -A > /dev/null && sshd -t -f "$1"`,
      },
    ],
    apply: [
      "# An RSA key of the host that is shorter than 4096 bits is made anew; pinned is the Ed25519 key, which stays.",
      "bits=$(ssh-keygen -l -f /etc/ssh/ssh_host_rsa_key | cut -d ' ' -f 1)",
      'if [ "$bits" -lt 4096 ]; then',
      "  rm -f /etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_rsa_key.pub",
      "  ssh-keygen -q -t rsa -b 4096 -N '' -f /etc/ssh/ssh_host_rsa_key",
      "fi",
      "# Groups of less than 3072 bits are no longer offered.",
      "awk '/^#/ || $5 >= 3071' /etc/ssh/moduli > /etc/ssh/moduli.backline-new",
      "if [ -s /etc/ssh/moduli.backline-new ] && ! cmp -s /etc/ssh/moduli.backline-new /etc/ssh/moduli; then",
      "  chmod 0644 /etc/ssh/moduli.backline-new",
      "  mv -f /etc/ssh/moduli.backline-new /etc/ssh/moduli",
      "fi",
      "rm -f /etc/ssh/moduli.backline-new",
      "sshd -t",
      `if [ "$changed" = 1 ]; then\n${distribution.reloadSsh}\nfi`,
      `systemctl enable --quiet ${distribution.sshUnit}`,
    ].join("\n"),
    check: expectations(
      ...running(distribution.sshUnit),
      ...[
        `port ${args.ssh.port}`,
        "permitrootlogin no",
        "passwordauthentication no",
        "kbdinteractiveauthentication no",
        "authenticationmethods publickey",
      ].map((line): [string, string] => [
        `sshd -T 2> /dev/null | grep -qx '${line}'`,
        `the SSH server does not have: ${line}`,
      ]),
      [
        "[ \"$(sshd -T 2> /dev/null | grep -c '^port ')\" = 1 ]",
        "the SSH server does not listen on exactly one port",
      ],
      [
        "[ \"$(ssh-keygen -l -f /etc/ssh/ssh_host_rsa_key 2> /dev/null | cut -d ' ' -f 1)\" -ge 4096 ] 2> /dev/null",
        "the host's RSA key is shorter than 4096 bits",
      ],
      ["[ -z \"$(awk '!/^#/ && $5 < 3071' /etc/ssh/moduli)\" ]", "groups of less than 3072 bits are offered"],
    ),
    undo: [`rm -f ${path}`, distribution.reloadSsh].join("\n"),
    kernelWide: false,
  };
}
