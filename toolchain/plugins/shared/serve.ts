import { fstatSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { messageOf } from "./unary";

/** What a plugin process serves, and how it stops. */
export interface PluginService {
  /** Adds the plugin's services to the server. */
  register(server: grpc.Server): void;
  /** Ends everything that the plugin started. Called once, before the process exits. */
  stop(): Promise<void>;
}

/** Messages carry whole states and files, so gRPC's 4 MB limit does not fit. */
const MESSAGE_OPTIONS: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/** Client options for a connection to the engine: no limit on a message's size. */
export const CLIENT_OPTIONS: grpc.ClientOptions = MESSAGE_OPTIONS;

/**
 * The engine's address: the last argument that is not an option.
 * Options come before it (`--logtostderr`, `-v=3`, `--tracing <url>`).
 */
export function engineAddress(args: readonly string[]): string | undefined {
  const last = args.at(-1);
  return last !== undefined && /^[^-].*:\d+$/.test(last) ? last : undefined;
}

/**
 * Serves a plugin on a free loopback port and prints the port as the first line of standard output, which is how
 * the engine finds it. The process ends on SIGINT and SIGTERM, and when the engine that holds its standard input
 * is gone.
 */
export function servePlugin(service: PluginService): void {
  const server = new grpc.Server(MESSAGE_OPTIONS);
  service.register(server);

  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) {
      return;
    }
    stopping = true;
    service
      .stop()
      .catch((error: unknown) => console.error(messageOf(error)))
      .finally(() => {
        server.forceShutdown();
        process.exit(code);
      });
  };
  process.on("SIGINT", () => stop(0));
  process.on("SIGTERM", () => stop(0));
  if (heldByParent()) {
    process.stdin.on("close", () => stop(0)).resume();
  }

  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      console.error(`The plugin could not listen on 127.0.0.1: ${error.message}`);
      stop(1);
      return;
    }
    process.stdout.write(`${port}\n`);
  });
}

/** A pipe or a socket is the engine's; a terminal, a file or /dev/null says nothing about the parent's life. */
function heldByParent(): boolean {
  const stdin = fstatSync(0);
  return stdin.isFIFO() || stdin.isSocket();
}
