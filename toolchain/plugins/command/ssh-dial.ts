import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "ssh2";
import { messageOf } from "../shared/unary";
import type { Execution } from "./execution";
import type { Connection, Endpoint } from "./inputs";
import { sshSettings } from "./ssh-endpoint";

/** Waits between attempts grow from the first to the longest of these, in milliseconds. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
const WAIT_GROWTH = 1.5;

/** An open connection. */
export interface Session {
  readonly client: Client;
  /** Closes it, and the connection to the proxy with it. */
  close(): void;
}

/**
 * Connects to a host, through its proxy if it has one. Every failed attempt is repeated until the error limit of
 * the endpoint is reached: a host that was just made takes a while to answer.
 */
export async function dial(connection: Connection, execution: Execution): Promise<Session> {
  if (connection.proxy === undefined) {
    const client = await dialWithRetry("Dial", connection, execution, () =>
      connect(connection, execution.signal),
    );
    return { client, close: () => client.end() };
  }
  const { proxy: bastion } = connection;
  const proxy = await dialWithRetry("Dial proxy", bastion, execution, () =>
    connect(bastion, execution.signal),
  ).catch((error: unknown) => {
    throw new Error(`proxy: ${messageOf(error)}`);
  });
  try {
    const client = await dialWithRetry("Dial", connection, execution, async () =>
      connect(connection, execution.signal, await forward(proxy, connection)),
    );
    return {
      client,
      close: () => {
        client.end();
        proxy.end();
      },
    };
  } catch (error) {
    proxy.end();
    throw error;
  }
}

async function dialWithRetry<T>(
  what: string,
  { dialErrorLimit, host, port }: Endpoint,
  { signal, log }: Execution,
  attempt: () => Promise<T>,
): Promise<T> {
  let wait = FIRST_WAIT_MS;
  for (let failed = 1; ; failed += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SettingsError) {
        throw error;
      }
      if (dialErrorLimit >= 0 && failed > dialErrorLimit) {
        throw new Error(`${host}:${port}: after ${failed - 1} failed attempts: ${messageOf(error)}`);
      }
      log(`${what} ${failed}/${dialErrorLimit < 0 ? "inf" : dialErrorLimit} failed: retrying`);
    }
    await sleep(wait, undefined, { signal });
    wait = Math.min(wait * WAIT_GROWTH, LONGEST_WAIT_MS);
  }
}

/** Settings that no further attempt can make right. */
class SettingsError extends Error {}

function connect(endpoint: Endpoint, signal: AbortSignal, sock?: Duplex): Promise<Client> {
  const client = new Client();
  return new Promise((resolve, reject) => {
    const abort = () => {
      client.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    const settled = () => signal.removeEventListener("abort", abort);
    client.once("ready", () => {
      settled();
      resolve(client);
    });
    const fail = (error: unknown) => {
      settled();
      client.destroy();
      reject(error);
    };
    client.on("error", fail);
    client.once("close", () => fail(new Error("the server closed the connection during the handshake")));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => {
      finish(prompts.map(() => endpoint.password ?? ""));
    });
    try {
      // Without delay: the handshake is many small messages, each waiting for its answer.
      client.connect(sshSettings(endpoint, sock)).setNoDelay(true);
    } catch (error) {
      settled();
      reject(new SettingsError(messageOf(error)));
    }
  });
}

function forward(proxy: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
      if (error) {
        reject(error);
      } else {
        resolve(stream);
      }
    });
  });
}
