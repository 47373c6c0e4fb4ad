import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { portState, requirePorts } from "../../../scripts/operations/ports";
import { settingsOf } from "../../support/plans";

describe("a port of this machine", () => {
  let server: Server;
  let port = 0;
  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = Object(server.address()).port;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const settings = () =>
    settingsOf(
      `config:\n  backline:proxy: { httpPort: ${port}, httpsPort: ${port === 65_535 ? port - 1 : port + 1}, certificates: internal }\n`,
    );

  it("is taken while another program listens on it", async () => {
    expect(await portState(port, "dev")).toEqual({ is: "taken", holder: expect.any(String) });
  });

  it("is free when nobody does", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await portState(port, "dev")).toEqual({ is: "free" });
    server.listen(0);
  });

  it("keeps a stack from being deployed, with the key, the port and the mend", async () => {
    await expect(requirePorts(settings())).rejects.toThrow(
      new RegExp(
        `^port ${port} \\(proxy\\.httpPort\\) is held by .+; end it, or write another port in Pulumi\\.dev\\.yaml$`,
      ),
    );
  });
});
