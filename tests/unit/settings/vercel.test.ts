import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { hideSecrets } from "../../../stacks/settings/secret-keys";
import { resolution, secrets } from "../../support/resolution";

const token = "A1b2C3d4E5f6G7h8I9j0K1l2";
const app = { app: { platform: "vercel" } };
const base = {
  domain: "audifi.io",
  secrets,
  host: {
    address: "203.0.113.1",
    hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT",
    publicKeys: [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB4Qu6jsnXpJbK6LbTDXdQMnQsDVM38POQ7Q1mfnn408 ops@example.com",
    ],
  },
  sites: app,
  vercel: { token },
};
const resolved = (values: Record<string, unknown>, missing: "error" | "warn" = "error") =>
  resolution({ ...base, ...values }, missing, "production");
const found = (values: Record<string, unknown>): string[] => {
  const result = resolved(values);
  return result.ok ? [] : result.errors.map((problem) => formatProblem(problem).replace(/^.*?: /, ""));
};
const projects = (web: Record<string, unknown>) => ({ vercel: { token, projects: { web } } });
const setSecret = (path: string) => `run: pulumi config set --secret --path 'backline:${path}'`;

describe("a site at Vercel", () => {
  it("has a project that is named after system, stack and service, unless it is named", () => {
    const result = resolved({});
    if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
    expect(result.settings.vercel).toEqual({
      token: expect.anything(),
      team: undefined,
      projects: [
        {
          name: "web",
          source: "web",
          frontEnd: { api: "api", socket: "ws" },
          projectName: "audifi-production-web",
          gitRepository: undefined,
          protection: "standard_protection_new",
          password: undefined,
          variables: [],
        },
      ],
    });
    expect(`${result.settings.vercel?.token}`).toBe("[secret]");
    expect(result.settings.vercel?.token.reveal()).toBe(token);
  });

  it("has variables by target, the secret ones as secrets", () => {
    const result = resolved(
      projects({
        gitRepository: { type: "github", repo: "audifi/audifi" },
        environment: { preview: { ANALYTICS_ID: "42" } },
        secretEnvironment: { production: { SENTRY_TOKEN: "sntrys_1" } },
      }),
    );
    if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
    const [web] = result.settings.vercel?.projects ?? [];
    expect(JSON.stringify(web?.variables)).toBe(
      '[{"key":"SENTRY_TOKEN","target":"production","value":"[secret]"},{"key":"ANALYTICS_ID","target":"preview","value":"42"}]',
    );
    expect(web?.gitRepository).toEqual({ type: "github", repo: "audifi/audifi", productionBranch: "main" });
  });

  it.each([
    [
      "a process",
      { sites: { api: { platform: "vercel" } } },
      ['sites.api.platform: "vercel" serves front ends alone, and "/" of this site is api\'s; write "host"'],
    ],
    [
      "a private name",
      { domain: "audifi.localhost", proxy: { certificates: "internal" } },
      [
        'sites.app.hostname: "app.audifi.localhost" is no public name, and Vercel serves no other; set platform: host, or a public domain',
      ],
    ],
    [
      "a name of Vercel's",
      { sites: { app: { platform: "vercel", redirectFrom: ["audifi.vercel.app"] } } },
      ['sites.app.redirectFrom.0: "audifi.vercel.app" belongs to Vercel itself; write a name of your own'],
    ],
    [
      "a name that is another site's",
      { sites: { app: { platform: "vercel", hostname: "studio.audifi.io" } } },
      [
        'sites.studio.hostname: "studio.audifi.io" is already the host name of the site app; give each site its own',
      ],
    ],
    [
      "a redirect from a name that is used",
      { sites: { app: { platform: "vercel", redirectFrom: ["www.audifi.io", "www.audifi.io"] } } },
      [
        'sites.app.redirectFrom.1: "www.audifi.io" is already the host name of sites.app.redirectFrom.0; give each its own',
      ],
    ],
    [
      "a redirect from a name with a scheme",
      { sites: { app: { platform: "vercel", redirectFrom: ["https://www.audifi.io"] } } },
      [
        'sites.app.redirectFrom.0: "https://www.audifi.io" has a scheme; write the name alone: "www.audifi.io"',
      ],
    ],
    [
      "a platform that there is not",
      { sites: { app: { platform: "netlify" } } },
      ['sites.app.platform: "netlify" is not a choice; write "host" or "vercel"'],
    ],
    [
      "a name in the place of its keys",
      { sites: { app: "app.audifi.io" } },
      ['sites.app: "app.audifi.io" is not a group of keys; write its keys below it, indented'],
    ],
    [
      "a project's name in capitals",
      projects({ name: "AudiFi" }),
      [
        'vercel.projects.web.name: "AudiFi" is not the name of a project: lower-case letters, digits and inner hyphens; write another name',
      ],
    ],
    [
      "a project's name with three hyphens",
      projects({ name: "audi---fi" }),
      [
        'vercel.projects.web.name: "audi---fi" has three hyphens in a row, which Vercel refuses; write another name',
      ],
    ],
    [
      "a long project's name",
      projects({ name: "a".repeat(53) }),
      [
        `vercel.projects.web.name: "${"a".repeat(53)}" has 53 characters; the name of a project has at most 52; write another name`,
      ],
    ],
    [
      "a front end that there is not",
      { vercel: { token, projects: { wep: {} } } },
      ['vercel.projects.wep: the system has no such front end; did you mean "web"?'],
    ],
    [
      "a team by its title",
      { vercel: { token, team: "AudiFi Inc" } },
      ['vercel.team: "AudiFi Inc" is not a team; write its slug, as in its URL, or its id "team_..."'],
    ],
    [
      "a repository by its URL",
      projects({ gitRepository: { type: "github", repo: "https://github.com/audifi/audifi" } }),
      [
        'vercel.projects.web.gitRepository.repo: "https://github.com/audifi/audifi" is not a repository; write "owner/name"',
      ],
    ],
    [
      "a target that there is not",
      projects({ environment: { prodution: { A: "1" } } }),
      ['vercel.projects.web.environment.prodution: unknown key; did you mean "production"?'],
    ],
    [
      "a secret for development",
      projects({ secretEnvironment: { development: { A: "1" } } }),
      ["vercel.projects.web.secretEnvironment.development: unknown key; known are production, preview"],
    ],
    [
      "a variable's name with a hyphen",
      projects({ environment: { preview: { "MY-KEY": "1" } } }),
      [
        'vercel.projects.web.environment.preview.MY-KEY: "MY-KEY" is not the name of a variable; write letters, digits and "_", beginning with a letter',
      ],
    ],
    [
      "a variable of Backline's own",
      projects({ environment: { preview: { BACKLINE_SITE: "1" } } }),
      [
        'vercel.projects.web.environment.preview.BACKLINE_SITE: "BACKLINE_SITE" begins like Backline\'s own variables; write another name',
      ],
    ],
    [
      "a variable that is a secret as well",
      projects({ environment: { preview: { A: "1" } }, secretEnvironment: { preview: { A: "2" } } }),
      [
        'vercel.projects.web.secretEnvironment.preview.A: "A" is in environment.preview as well; remove one of them',
      ],
    ],
    [
      "a number in the place of a variable's text",
      projects({ environment: { preview: { A: 42 } } }),
      ["vercel.projects.web.environment.preview.A: 42 is not text; write it in quotes"],
    ],
    [
      "more than Vercel keeps for a deployment",
      projects({ environment: { preview: { A: "x".repeat(65_536) } } }),
      [
        "vercel.projects.web.environment.preview: has 65537 bytes with its secrets, and Vercel gives a deployment 65536; shorten a value",
      ],
    ],
    [
      "a password that protects nothing",
      projects({ protection: "none", password: "open-sesame" }),
      [
        'vercel.projects.web.password: has nothing to protect, since protection is "none"; write another or remove the password',
      ],
    ],
    [
      "a long password",
      projects({ password: "y".repeat(73) }),
      [
        `vercel.projects.web.password: has 73 characters, and Vercel takes 72; ${setSecret("vercel.projects.web.password")}`,
      ],
    ],
    [
      "a placeholder for a token",
      { vercel: { token: "changeme" } },
      [`vercel.token: is a placeholder; ${setSecret("vercel.token")}`],
    ],
    ["an empty token", { vercel: { token: " " } }, [`vercel.token: is empty; ${setSecret("vercel.token")}`]],
    [
      "what is no token",
      { vercel: { token: "hunter2-hunter2" } },
      [`vercel.token: is not a token of Vercel's API; ${setSecret("vercel.token")}`],
    ],
    [
      "a deploy without a token",
      { vercel: {} },
      [
        `vercel.token: is missing, and web cannot be deployed to Vercel without; ${setSecret("vercel.token")}`,
      ],
    ],
  ])("refuses %s", (_name, values, lines) => {
    expect(found(values)).toEqual(lines);
  });

  it("previews without a token, with a warning", () => {
    const result = resolved({ vercel: {} }, "warn");
    expect([result.ok, result.warnings.map(({ path }) => path)]).toEqual([
      true,
      expect.arrayContaining(["vercel.token"]),
    ]);
  });

  it("asks for no token where no site is there", () => {
    expect(found({ sites: {}, vercel: {} })).toEqual([]);
  });

  it("warns of variables that nothing reads, and not where Vercel builds", () => {
    const warned = (web: Record<string, unknown>) =>
      resolved(projects(web)).warnings.filter(({ code }) => code === "environment-variable");
    const environment = { preview: { A: "1" } };
    expect(warned({ environment }).map(({ message }) => message)).toEqual([
      "is read by nothing: the front end is built on this machine; set gitRepository to build it at Vercel",
    ]);
    expect(warned({ environment, gitRepository: { type: "github", repo: "a/b" } })).toEqual([]);
  });

  it("finds every secret that stands in the file as plain text, and hides what is encrypted", () => {
    const secure = { secure: "v1:..." };
    const hidden = hideSecrets({
      vercel: {
        token,
        projects: {
          web: {
            password: secure,
            environment: { preview: { A: "1" } },
            secretEnvironment: { production: { B: "2", C: secure }, preview: { B: secure } },
          },
        },
      },
    });
    expect(hidden.plain).toEqual(["vercel.token", "vercel.projects.web.secretEnvironment.production.B"]);
    expect(JSON.stringify(hidden.values)).not.toContain("secure");
    expect(JSON.stringify(hidden.values)).toContain('"C":"[encrypted]"');
  });

  it("never shows a mistyped secret", () => {
    expect(found({ vercel: { token: 12345678 } })).toContain(
      "vercel.token: its value is not text; write it in quotes",
    );
    expect(found(projects({ secretEnvironment: { preview: { A: 12345678 } } }))).toEqual([
      "vercel.projects.web.secretEnvironment.preview.A: its value is not text; write it in quotes",
    ]);
  });
});
