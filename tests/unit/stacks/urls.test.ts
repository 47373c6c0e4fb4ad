import { describe, expect, it } from "vitest";
import { originOf, urlOfService } from "../../../stacks/urls";
import { planOf, settingsOf } from "../../support/plans";

const on = (port: number) =>
  `config:\n  backline:domain: audifi.localhost\n  backline:proxy: { httpsPort: ${port}, certificates: internal }\n`;

describe("addresses", () => {
  it("name the port where it is not the usual one", () => {
    const site = { hostname: "app.example.com", platform: "host" } as const;
    expect(originOf(site, { httpsPort: 443 })).toBe("https://app.example.com");
    expect(originOf(site, { httpsPort: 8443 })).toBe("https://app.example.com:8443");
    expect(originOf({ ...site, platform: "vercel" }, { httpsPort: 8443 })).toBe("https://app.example.com");
  });

  it("of a service are those of the first route that leads to it", () => {
    const settings = settingsOf(on(8443));
    expect(urlOfService("api", "https", settings)).toBe("https://api.audifi.localhost:8443");
    expect(urlOfService("ws", "wss", settings)).toBe("wss://api.audifi.localhost:8443/ws");
    expect(() => urlOfService("worker", "https", settings)).toThrow("no site routes to worker");
  });
});

describe("a plan with a front end", () => {
  const environmentOf = (port: number, service: string) =>
    planOf(on(port)).services.find(({ name }) => name === service)?.replicas[0]?.args.envs;

  it("tells the front end where the platform is", () => {
    expect(environmentOf(8443, "web")).toEqual(
      expect.arrayContaining([
        "API_URL=https://api.audifi.localhost:8443",
        "SOCKET_URL=wss://api.audifi.localhost:8443/ws",
        "SOCKET_ORIGIN=wss://api.audifi.localhost:8443",
      ]),
    );
  });

  it.each([
    [443, "https://app.audifi.localhost"],
    [8443, "https://app.audifi.localhost:8443"],
  ])("lets its pages call the API on port %i", (port, origin) => {
    const setting = [environmentOf(port, "api")]
      .flat()
      .map(String)
      .find((line) => line.startsWith("ALLOWED_ORIGINS="));
    expect(setting?.split("=")[1]?.split(",")).toContain(origin);
  });
});
