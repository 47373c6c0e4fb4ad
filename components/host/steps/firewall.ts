import type { HostArgs } from "../args";
import { expectations, type HostStep, lines, running } from "../step";

const path = "/etc/backline/ufw-rules";

/** `ufw show added` leaves the length out where it is one address. */
const shown = (range: string): string => range.replace(range.includes(":") ? /\/128$/ : /\/32$/, "");

/** As `ufw show added` prints them. */
export function renderFirewall({ port, allow }: HostArgs["ssh"]): string {
  return lines(
    ...(allow.length === 0
      ? [`ufw limit ${port}/tcp`]
      : allow.map((range) => `ufw allow from ${shown(range)} to any port ${port} proto tcp`)),
  );
}

const active = "LC_ALL=C ufw status | grep -qx 'Status: active'";
const defaults = [
  `grep -qx 'DEFAULT_INPUT_POLICY="DROP"' /etc/default/ufw`,
  `grep -qx 'DEFAULT_OUTPUT_POLICY="ACCEPT"' /etc/default/ufw`,
].join(" && ");
const added = "ufw show added | grep '^ufw '";

export function firewall(ssh: HostArgs["ssh"]): HostStep {
  const who =
    ssh.allow.length === 0
      ? "from anywhere, at most six new connections of an address in 30 s"
      : "from the allow-list, without a rate limit";
  return {
    name: "firewall",
    sets: `Refuses everything from outside but SSH on port ${ssh.port} ${who}. What containers publish is the step published-ports.`,
    files: [{ path, mode: "0644", owner: "root:root", content: renderFirewall(ssh) }],
    apply: [
      "# UFW's own kernel settings would undo those of the step network.",
      "grep -qx 'IPT_SYSCTL=' /etc/default/ufw || sed -i 's|^IPT_SYSCTL=.*|IPT_SYSCTL=|' /etc/default/ufw",
      `if [ "$(${added})" != "$(cat ${path})" ]; then`,
      "  ufw --force reset > /dev/null",
      `  while read -r command rule; do "$command" $rule > /dev/null; done < ${path}`,
      "fi",
      "# Each of these loads all rules anew, so they run only where they change something.",
      `${defaults} || { ufw default deny incoming; ufw default allow outgoing; } > /dev/null`,
      `${active} || ufw --force enable > /dev/null`,
      "systemctl enable --quiet ufw.service",
    ].join("\n"),
    check: expectations(
      ...running("ufw.service").slice(0, 1),
      ["grep -qx 'IPT_SYSCTL=' /etc/default/ufw", "UFW sets kernel settings of its own"],
      [active, "the firewall is off"],
      [`{ ${defaults}; }`, "the firewall lets in by default"],
      [`[ "$(${added})" = "$(cat ${path} 2> /dev/null)" ]`, "the firewall has other rules"],
    ),
    undo: "ufw disable",
    kernelWide: false,
  };
}
