/** What a stack of the tests offers beyond what every stack does, and who stands in for the others concerned. */
import { randomBytes } from "node:crypto";
import { docker, edit, inShellOf } from "./backline";

/** Secrets that others would have given out. */
export interface GivenSecrets extends Readonly<Record<string, string>> {
  /** What Stripe signs its webhooks with. */
  readonly stripe: string;
  /** The store's secret access key: nobody asks the store, the API only signs. */
  readonly storage: string;
  /** Part of the provider's URL. */
  readonly chain: string;
}

const random = () => randomBytes(24).toString("hex");
export const newGivenSecrets = (): GivenSecrets => ({
  stripe: `whsec_${random()}`,
  storage: random(),
  chain: random(),
});

const providerOf = (stack: string): string => `${stack}-chain-provider`;
const providerPort = 8545;

/** Adds all of it to a stack that is initialised, as a user does: plain values in its file, secrets by `pulumi config`. */
export async function offerEverything(
  stack: string,
  { stripe, storage, chain }: GivenSecrets,
): Promise<void> {
  edit(
    stack,
    "config:\n",
    "config:\n  backline:storage:\n    endpoint: https://s3.example.com\n    bucket: files\n    accessKeyId: key\n",
  );
  const chains = { ethereum: [`http://${providerOf(stack)}:${providerPort}/${chain}`] };
  for (const [key, value] of [
    ["--path backline:storage.secretAccessKey", storage],
    ["--path backline:stripe.webhookSecret", stripe],
    ["backline:chains", JSON.stringify(chains)],
  ] as const) {
    const { exitCode, stderr } = await inShellOf(stack, `pulumi config set --secret ${key}`, value);
    if (exitCode !== 0) throw new Error(`${key} cannot be set: ${stderr}`);
  }
}

const block = JSON.stringify({ jsonrpc: "2.0", id: 1, result: "0x10" });
const program = `require("node:http").createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  request.resume().on("end", () => response.end(${JSON.stringify(block)}));
}).listen(${providerPort});`;

/**
 * A provider that the stack's API reaches and that needs no other network. It runs on the API's own image and carries
 * no label of the stack, which would count it as part of it.
 */
export async function startChainProvider(stack: string): Promise<void> {
  const filter = ["--filter", `label=backline.stack=${stack}`, "--filter", `name=${stack}-api-0-`];
  const image = await docker("ps", ...filter, "--format", "{{.Image}}");
  const run = ["run", "--detach", "--name", providerOf(stack), "--network", `${stack}-edge`];
  await docker(...run, image, "-e", program);
}

/** Removes the provider, which is in the way of the network's removal; does nothing where there is none. */
export async function removeChainProvider(stack: string): Promise<void> {
  await docker("rm", "--force", "--volumes", providerOf(stack));
}
