import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { portState, requirePorts } from "../../../scripts/operations/ports";
import { settingsOf } from "../../support/plans";

describe("a port of this machine", () => {
  let servers: [Server, Server];
  let ports: [number, number];
  beforeEach(async () => {
    servers = [createServer(), createServer()];
    for (const server of servers)
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const [http, https] = servers.map((server) => Number(Object(server.address()).port));
    ports = [http ?? 0, https ?? 0];
  });
  const end = (server: Server) => new Promise((resolve) => server.close(resolve));
  afterEach(() => Promise.all(servers.map(end)));

  const settings = () =>
    settingsOf(
      `config:\n  backline:proxy: { httpPort: ${ports[0]}, httpsPort: ${ports[1]}, certificates: internal }\n`,
    );

  it("is taken while another program listens on it", async () => {
    expect(await portState(ports[0], "dev")).toEqual({ is: "taken", holder: expect.any(String) });
  });

  it("is free when nobody does", async () => {
    await end(servers[0]);
    expect(await portState(ports[0], "dev")).toEqual({ is: "free" });
  });

  it("keeps a stack from being deployed, with the key, the port and the mend", async () => {
    const line = (key: string, port: number) =>
      `port ${port} \\(proxy\\.${key}\\) is held by .+; end it, or write another port in Pulumi\\.dev\\.yaml`;
    await expect(requirePorts(settings())).rejects.toThrow(
      new RegExp(`^${line("httpPort", ports[0])}\n${line("httpsPort", ports[1])}$`),
    );
  });
});
