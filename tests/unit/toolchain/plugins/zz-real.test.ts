import { it } from "vitest";
import { bundlePlugins } from "../../../../toolchain/plugins/bundle";
import { fakeEngine, startPlugin } from "./harness";
import { ProviderClient } from "./provider-client";
import { sshServer } from "./ssh-server";

it("stress", async () => {
  const { command } = await bundlePlugins("/tmp/plugtest/out");
  const engine = await fakeEngine();
  const p = await startPlugin(command, engine.address, { SSH_AUTH_SOCK: "" });
  const c = new ProviderClient(p.address, "command:remote:Command");
  const s = await sshServer();
  const connection = { host: "127.0.0.1", port: s.port, user: "root", privateKey: s.privateKey };
  let bad = 0;
  for (let i = 0; i < 300; i++) {
    await c.create({ create: "echo in", connection }).catch((e) => {
      bad++;
      if (bad < 3) console.log(i, e.details);
    });
  }
  console.log("bad", bad);
  await p.stop();
}, 60000);
