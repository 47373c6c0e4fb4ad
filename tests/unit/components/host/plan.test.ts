import { describe, expect, it } from "vitest";
import { type HostArgs, planHost, renderApply, renderCheck } from "../../../../components/host";
import { renderFirewall } from "../../../../components/host/steps/firewall";
import { renderPublishedPorts } from "../../../../components/host/steps/published-ports";

const args: HostArgs = {
  container: false,
  admin: { name: "ops", publicKeys: ["ssh-ed25519 AAAA ops"] },
  ssh: { port: 22, allow: [] },
  timeZone: "Etc/UTC",
  swap: 2048,
  web: { ports: [80, 443], from: "anywhere" },
  docker: { logSize: 10, logFiles: 3 },
};

const plan = planHost(args, "debian-12");
const steps = plan.groups.flatMap((group) => group.steps);

describe("planHost", () => {
  it("has its steps in the order in which each finds what it needs", () => {
    expect(
      plan.groups.map(({ name, guarded, steps: all }) => [name, guarded, all.map((step) => step.name)]),
    ).toEqual([
      [
        "system",
        false,
        [
          "packages",
          "security-upgrades",
          "time-zone",
          "time-sync",
          "swap",
          "journal",
          "kernel",
          "modules",
          "network",
          "audit",
          "accounts",
          "permissions",
          "banner",
          "package-check",
        ],
      ],
      ["docker", false, ["published-ports", "docker", "image-cleanup"]],
      ["access", true, ["admin-user", "admin-keys", "ssh-server", "fail2ban", "firewall"]],
    ]);
  });

  it("is the same for the same arguments", () => {
    expect(planHost(structuredClone(args), "debian-12")).toEqual(plan);
  });

  it("gives every file whole lines, an absolute path of its own and a mode of four digits", () => {
    const files = steps.flatMap((step) => step.files);
    expect(files.filter(({ content }) => !content.endsWith("\n"))).toEqual([]);
    expect(files.filter(({ path, mode }) => !path.startsWith("/") || !/^0[0-7]{3}$/.test(mode))).toEqual([]);
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
  });

  it("says of every step what it sets and how it is taken back", () => {
    expect(steps.filter(({ sets, undo }) => !/^[A-Z].*\.$/.test(sets) || undo === "")).toEqual([]);
  });
});

describe("rendering a group", () => {
  const [system] = planHost({ ...args, container: true }, "debian-12").groups;
  if (!system) throw new Error("there is no group");
  const inContainer = { ...plan, container: true };

  it("leaves what concerns the whole kernel out of a container's scripts, and says so", () => {
    const leftOut = ["time-sync", "swap", "kernel", "modules", "audit"];
    const said = (script: string) => [...script.matchAll(/^echo '.*left out.*$/gm)].map(([line]) => line);
    expect(said(renderApply(inContainer, system))).toEqual(
      leftOut.map((name) => `echo '${name}: left out, a container shares the kernel with others'`),
    );
    expect(said(renderCheck(inContainer, system))).toEqual(
      leftOut.map((name) => `echo 'left out: ${name}, a container shares the kernel with others'`),
    );
    expect(renderApply(inContainer, system)).not.toContain("mkswap");
    expect(renderApply(plan, system)).toContain("mkswap");
  });

  it("refuses a file that would end its own content early", () => {
    const file = { path: "/x", mode: "0644", owner: "root:root", content: "a\nBACKLINE_END\nb\n" };
    const step = {
      name: "x",
      sets: "X.",
      files: [file],
      apply: ":",
      check: ":",
      undo: ":",
      kernelWide: false,
    };
    expect(() =>
      renderApply(plan, { name: "docker", guarded: false, guard: undefined, steps: [step] }),
    ).toThrow("/x cannot be written by a script");
  });
});

describe("renderFirewall", () => {
  it("limits the rate where anyone may connect", () => {
    expect(renderFirewall({ port: 22, allow: [] })).toBe("ufw limit 22/tcp\n");
  });

  it("lets an allow-list in without a limit, and nobody else", () => {
    expect(
      renderFirewall({ port: 2222, allow: ["203.0.113.7/32", "2001:db8::/32", "2001:db9::1/128"] }),
    ).toBe(
      [
        "ufw allow from 203.0.113.7 to any port 2222 proto tcp",
        "ufw allow from 2001:db8::/32 to any port 2222 proto tcp",
        "ufw allow from 2001:db9::1 to any port 2222 proto tcp",
        "",
      ].join("\n"),
    );
  });
});

describe("renderPublishedPorts", () => {
  it("lets the proxy's ports through by TCP and UDP, and drops what else goes to containers from outside", () => {
    const rules = renderPublishedPorts({ ports: [8443], from: "anywhere" }, "ipv4").split("\n");
    expect(rules.filter((rule) => rule.includes("-g BACKLINE-WEB"))).toEqual([
      "-A DOCKER-USER -p tcp -m conntrack --ctstate DNAT --ctorigdstport 8443 -g BACKLINE-WEB",
      "-A DOCKER-USER -p udp -m conntrack --ctstate DNAT --ctorigdstport 8443 -g BACKLINE-WEB",
    ]);
    expect(rules.slice(-7)).toEqual([
      "-A DOCKER-USER -m conntrack --ctstate DNAT -j DROP",
      "-A DOCKER-USER -o docker+ -j DROP",
      "-A DOCKER-USER -o br-+ -j DROP",
      "-A DOCKER-USER -j RETURN",
      "-A BACKLINE-WEB -j RETURN",
      "COMMIT",
      "",
    ]);
  });

  it("drops what does not come from Cloudflare where that is asked for", () => {
    const rules = renderPublishedPorts({ ports: [443], from: "cloudflare" }, "ipv6").split("\n");
    const web = rules.filter((rule) => rule.startsWith("-A BACKLINE-WEB"));
    expect([web.length, web[0], web.at(-1)]).toEqual([
      8,
      "-A BACKLINE-WEB -s 2400:cb00::/32 -j RETURN",
      "-A BACKLINE-WEB -j DROP",
    ]);
  });
});
