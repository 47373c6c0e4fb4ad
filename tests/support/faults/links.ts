/** What lies between the services and a store, as a fault changes it. */
import { docker } from "../backline";

/** Network aliases of a container on a network. */
async function aliasesOf(container: string, network: string): Promise<string[]> {
  const found = JSON.parse(
    await docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", container),
  ) as Record<string, { Aliases: string[] | null }>;
  return found[network]?.Aliases ?? [];
}

const connect = (container: string, network: string, aliases: readonly string[]): Promise<string> =>
  docker("network", "connect", ...aliases.flatMap((alias) => ["--alias", alias]), ...[network, container]);

/** Takes a container off its network; answers a function that puts it back as it was. */
export async function cutOff(container: string, network: string): Promise<() => Promise<void>> {
  const aliases = await aliasesOf(container, network);
  await docker("network", "disconnect", network, container);
  return async () => void (await connect(container, network, aliases));
}

/** Passes chunks on after a while, some of them a second later still, as a lost packet that is sent again. */
const slowLink = `
const net = require("node:net");
const { PORT, TARGET, DELAY } = process.env;
const pipe = (from, to) => {
  let last = 0;
  from.on("data", (chunk) => {
    last = Math.max(last, Date.now() + Number(DELAY) + (Math.random() < 0.05 ? 1000 : 0));
    setTimeout(() => to.writable && to.write(chunk), last - Date.now());
  });
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
};
net.createServer((client) => {
  const server = net.connect(Number(PORT), TARGET);
  pipe(client, server);
  pipe(server, client);
}).listen(Number(PORT));
`;

export interface SlowLink {
  /** Label of what is made for it, `name=value`. */
  readonly label: string;
  readonly network: string;
  /** Name and port under which the services know the store. */
  readonly alias: string;
  readonly port: number;
  /** An image with Node.js. */
  readonly image: string;
  /** Ends what is connected already: the store may come back at its old address, and nobody would notice anything. */
  readonly endConnections: () => Promise<unknown>;
}

/** Puts a slow and lossy link before a store; answers a function that takes it away. */
export async function slowDown(
  container: string,
  { label, network, alias, port, image, endConnections }: SlowLink,
): Promise<() => Promise<void>> {
  const behind = `${alias}-behind`;
  const restore = await cutOff(container, network);
  const link = await docker(
    ...["run", "--detach", "--rm", "--label", label, "--network", network, "--network-alias", alias],
    ...["--env", `PORT=${port}`, "--env", `TARGET=${behind}`, "--env", "DELAY=500"],
    ...["--entrypoint", "node", image, "-e", slowLink],
  );
  await connect(container, network, [behind]);
  await endConnections();
  return async () => {
    await docker("rm", "--force", link);
    await docker("network", "disconnect", network, container);
    await restore();
  };
}
