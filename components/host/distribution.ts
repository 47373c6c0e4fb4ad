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
  /** The SSH server, as one of ssh-audit's built-in hardened policies has it. */
  readonly openssh: {
    /** The policy. */
    readonly policy: string;
    /** Least version, and the suite of the distribution's mirror that has it where the release itself has not. */
    readonly from: { readonly version: string; readonly suite: string } | undefined;
    /** Kinds of the host's own keys, in the policy's order, like the lists below. */
    readonly hostKeys: readonly ("ed25519" | "rsa")[];
    readonly keyExchanges: readonly string[];
    /** Message authentication codes. */
    readonly macs: readonly string[];
    /** Whether the server shuts out addresses by itself, so that it has to be told whom never to (from 9.8 on). */
    readonly hasPenalties: boolean;
  };
  /** Takes up the SSH server's new configuration without ending sessions. */
  readonly reloadSsh: string;
  /** Unit that listens for SSH. */
  readonly sshUnit: string;
}

const keyExchange = {
  mlkem: "mlkem768x25519-sha256",
  sntrup: "sntrup761x25519-sha512",
  sntrupFirst: "sntrup761x25519-sha512@openssh.com",
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
        // OpenSSH alone comes from there, and keeps coming.
        "origin=Debian Backports,codename=$" + "{distro_codename}-backports,label=Debian Backports",
      ],
    },
    // The release's own 9.2 has a hardened policy too, which asks for key exchanges that a quantum computer could break
    // and that ssh-audit itself warns of.
    openssh: {
      policy: "Hardened OpenSSH Server v10.0 (version 1)",
      from: { version: "1:9.9", suite: "bookworm-backports" },
      hostKeys: ["rsa", "ed25519"],
      keyExchanges: [keyExchange.mlkem, keyExchange.sntrup, keyExchange.sntrupFirst],
      macs: [mac.sha512, mac.sha256, mac.umac],
      hasPenalties: true,
    },
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
    openssh: {
      policy: "Hardened Ubuntu Server 24.04 LTS (version 2)",
      from: undefined,
      hostKeys: ["ed25519", "rsa"],
      keyExchanges: [
        keyExchange.sntrupFirst,
        ...keyExchange.curve,
        keyExchange.group18,
        keyExchange.exchange,
        keyExchange.group16,
      ],
      macs: [mac.sha512, mac.sha256, mac.umac],
      hasPenalties: false,
    },
    // systemd listens there, on the port that its generator reads from the SSH server's configuration.
    reloadSsh: "systemctl daemon-reload\nsystemctl restart ssh.socket",
    sshUnit: "ssh.socket",
  },
};
