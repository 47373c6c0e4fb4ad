import { cloudflareRanges } from "../../shared/cloudflare";
import type { HostArgs } from "../args";
import { expectations, type HostStep, lines, rootFile, running } from "../step";

const unit = "backline-published-ports.service";
const paths = { ipv4: "/etc/backline/published-ports.v4", ipv6: "/etc/backline/published-ports.v6" } as const;

/**
 * Rules of the chain DOCKER-USER, which Docker asks first about everything that goes to containers: what they publish
 * does not pass UFW's rules. `--ctorigdstport` is the port of the host, before it became the container's; `-g` makes
 * RETURN go on with Docker's own rules. What is published is known by its changed destination, whatever its bridge is
 * called; the last two rules are for neighbours who address a container itself.
 */
export function renderPublishedPorts({ ports, from }: HostArgs["web"], family: keyof typeof paths): string {
  const web =
    from === "cloudflare"
      ? [
          ...cloudflareRanges[family].map((range) => `-A BACKLINE-WEB -s ${range} -j RETURN`),
          "-A BACKLINE-WEB -j DROP",
        ]
      : ["-A BACKLINE-WEB -j RETURN"];
  return lines(
    "*filter",
    ":DOCKER-USER - [0:0]",
    ":BACKLINE-WEB - [0:0]",
    "-A DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
    "-A DOCKER-USER -i docker+ -j RETURN",
    "-A DOCKER-USER -i br-+ -j RETURN",
    ...ports.flatMap((port) =>
      ["tcp", "udp"].map(
        (protocol) =>
          `-A DOCKER-USER -p ${protocol} -m conntrack --ctstate DNAT --ctorigdstport ${port} -g BACKLINE-WEB`,
      ),
    ),
    "-A DOCKER-USER -m conntrack --ctstate DNAT -j DROP",
    "-A DOCKER-USER -o docker+ -j DROP",
    "-A DOCKER-USER -o br-+ -j DROP",
    "-A DOCKER-USER -j RETURN",
    ...web,
    "COMMIT",
  );
}

const rules = (web: HostArgs["web"], family: keyof typeof paths) => {
  const program = family === "ipv4" ? "iptables-restore" : "ip6tables-restore";
  return {
    path: paths[family],
    mode: "0644",
    owner: "root:root",
    content: renderPublishedPorts(web, family),
    validate: `${program} --test --noflush "$1"`,
  };
};

export function publishedPorts(web: HostArgs["web"]): HostStep {
  const whom = web.from === "cloudflare" ? " from Cloudflare's addresses alone" : "";
  const check = expectations(
    ...running(unit),
    ...(["iptables", "ip6tables"] as const).flatMap((program): [string, string][] => [
      [
        `${program} -S DOCKER-USER 2> /dev/null | grep -qx -- '-A DOCKER-USER -m conntrack --ctstate DNAT -j DROP'`,
        `${program}: the chain DOCKER-USER lets everything through`,
      ],
      [
        `[ "$(${program} -S DOCKER-USER 2> /dev/null | grep -c '^-A')" = "$(grep -c '^-A DOCKER-USER' ${paths[program === "iptables" ? "ipv4" : "ipv6"]} 2> /dev/null)" ]`,
        `${program}: the chain DOCKER-USER has other rules`,
      ],
      ...web.ports.map((port): [string, string] => [
        `${program} -S DOCKER-USER 2> /dev/null | grep -q -- '--ctorigdstport ${port} -g BACKLINE-WEB'`,
        `${program}: the chain DOCKER-USER has no rule for the port ${port}`,
      ]),
    ]),
  );
  return {
    name: "published-ports",
    sets: `Lets ${web.ports.join(" and ")}, TCP and UDP, through to containers${whom}, and nothing else that a container publishes.`,
    files: [
      rules(web, "ipv4"),
      rules(web, "ipv6"),
      rootFile(
        `/etc/systemd/system/${unit}`,
        "[Unit]",
        "Description=What of the containers can be reached from outside",
        // Docker leaves the rules of this chain alone, so they are there before the first container is.
        "Before=docker.service",
        "PartOf=docker.service",
        "After=network-pre.target ufw.service",
        "",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
        `ExecStart=/usr/sbin/iptables-restore --noflush ${paths.ipv4}`,
        `ExecStart=/usr/sbin/ip6tables-restore --noflush ${paths.ipv6}`,
        "",
        "[Install]",
        "WantedBy=docker.service multi-user.target",
      ),
    ],
    apply: [
      "systemctl daemon-reload",
      `systemctl enable --quiet ${unit}`,
      "# Rules that were changed by hand are put back too; the chains are filled anew in one step.",
      `systemctl restart ${unit}`,
    ].join("\n"),
    check,
    undo: [
      `systemctl disable --now ${unit}`,
      "iptables -F DOCKER-USER; ip6tables -F DOCKER-USER",
      `rm -f /etc/systemd/system/${unit} ${paths.ipv4} ${paths.ipv6}`,
    ].join("\n"),
    kernelWide: false,
  };
}
