export const distributionNames = ["debian-12", "ubuntu-24.04"] as const;
export type DistributionName = (typeof distributionNames)[number];

/** Everything in which one distribution differs from the other. */
export interface Distribution {
  /** `ID-VERSION_ID` of /etc/os-release. */
  readonly release: DistributionName;
  readonly codename: string;
  /** Where Docker's own packages come from. */
  readonly dockerRepository: string;
  /** Lines of `Unattended-Upgrade::Origins-Pattern` or `Allowed-Origins`. */
  readonly securityOrigins: { readonly key: string; readonly values: readonly string[] };
  /** Key exchanges that ssh-audit's hardened policy of the distribution names, in its order. */
  readonly keyExchanges: readonly string[];
  /** Message authentication codes, likewise. */
  readonly macs: readonly string[];
  /** Takes up the SSH server's new configuration without ending sessions. */
  readonly reloadSsh: string;
  /** Unit that listens for SSH. */
  readonly sshUnit: string;
}

const keyExchange = {
  sntrup: "sntrup761x25519-sha512@openssh.com",
  curve: ["curve25519-sha256", "curve25519-sha256@libssh.org"],
  group16: "diffie-hellman-group16-sha512",
  group18: "diffie-hellman-group18-sha512",
  exchange: "diffie-hellman-group-exchange-sha256",
} as const;

const mac = {
  sha256: "hmac-sha2-256-etm@openssh.com",
  sha512: "hmac-sha2-512-etm@openssh.com",
  umac: "umac-128-etm@openssh.com",
} as const;

export const distributions: Readonly<Record<DistributionName, Distribution>> = {
  "debian-12": {
    release: "debian-12",
    codename: "bookworm",
    dockerRepository: "https://download.docker.com/linux/debian",
    securityOrigins: {
      key: "Origins-Pattern",
      values: [
        "origin=Debian,codename=$" + "{distro_codename}-security,label=Debian-Security",
        "origin=Debian,codename=$" + "{distro_codename},label=Debian-Security",
      ],
    },
    keyExchanges: [
      "sntrup761x25519-sha512",
      keyExchange.sntrup,
      ...keyExchange.curve,
      keyExchange.group16,
      keyExchange.group18,
      keyExchange.exchange,
    ],
    macs: [mac.sha256, mac.sha512, mac.umac],
    reloadSsh: "systemctl reload-or-restart ssh.service",
    sshUnit: "ssh.service",
  },
  "ubuntu-24.04": {
    release: "ubuntu-24.04",
    codename: "noble",
    dockerRepository: "https://download.docker.com/linux/ubuntu",
    securityOrigins: {
      key: "Allowed-Origins",
      values: [
        "$" + "{distro_id}:$" + "{distro_codename}-security",
        "$" + "{distro_id}ESMApps:$" + "{distro_codename}-apps-security",
        "$" + "{distro_id}ESM:$" + "{distro_codename}-infra-security",
      ],
    },
    keyExchanges: [
      keyExchange.sntrup,
      ...keyExchange.curve,
      keyExchange.group18,
      keyExchange.exchange,
      keyExchange.group16,
    ],
    macs: [mac.sha512, mac.sha256, mac.umac],
    // systemd listens there, on the port that its generator reads from the SSH server's configuration.
    reloadSsh: "systemctl daemon-reload\nsystemctl restart ssh.socket",
    sshUnit: "ssh.socket",
  },
};
