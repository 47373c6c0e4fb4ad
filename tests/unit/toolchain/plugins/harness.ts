import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import * as engineService from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { unary, unsupported } from "../../../../toolchain/plugins/shared/unary";

/** One line of a plugin's log, as the engine receives it. */
export interface LogLine {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
}

const SEVERITIES = ["debug", "info", "warning", "error"] as const;

/** A stand-in for the engine's own service, which remembers what was logged. */
export interface FakeEngine {
  readonly address: string;
  readonly log: LogLine[];
  close(): void;
}

/** A plugin process that has said its port. */
export interface PluginProcess {
  readonly process: ChildProcess;
  readonly address: string;
  /** What it wrote after its port, on both streams. */
  readonly output: () => string;
  stop(): Promise<void>;
}

/** Listens on a free loopback port; the address is what a plugin gets. */
export function listen(
  register: (server: grpc.Server) => void,
): Promise<{ server: grpc.Server; address: string }> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  register(server);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) {
        reject(error);
      } else {
        resolve({ server, address: `127.0.0.1:${port}` });
      }
    });
  });
}

export async function fakeEngine(): Promise<FakeEngine> {
  const log: LogLine[] = [];
  let root = "";
  const service: engineService.IEngineServer = {
    log: unary((request: engine.LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "error";
      log.push({
        severity,
        message: request.getMessage(),
        urn: request.getUrn(),
        ephemeral: request.getEphemeral(),
      });
      return new empty.Empty();
    }),
    getRootResource: unary(() => new engine.GetRootResourceResponse().setUrn(root)),
    setRootResource: unary((request: engine.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    startDebugging: unsupported("no debugger here"),
    requirePulumiVersion: unary(() => new engine.RequirePulumiVersionResponse()),
  };
  const { server, address } = await listen((it) => it.addService(engineService.EngineService, service));
  return { address, log, close: () => server.forceShutdown() };
}

/** Starts a plugin as the engine does: the engine's address as its argument, standard input held open. */
export async function startPlugin(
  launcher: string,
  engineAddress: string,
  env: NodeJS.ProcessEnv = {},
): Promise<PluginProcess> {
  const child = spawn(launcher, [engineAddress], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, ...env },
  });
  const lines: string[] = [];
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
  const port = await new Promise<string>((resolve, reject) => {
    let seen = false;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (seen) {
        lines.push(line);
      } else {
        seen = true;
        resolve(line);
      }
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${launcher} exited with ${code}: ${lines.join("\n")}`)));
  });
  return {
    process: child,
    address: `127.0.0.1:${port}`,
    output: () => lines.join("\n"),
    stop: async () => {
      child.kill("SIGINT");
      await exited;
    },
  };
}

/** Makes a unary call and gives its response, or throws the error that the engine would see. */
export function call<Response>(
  start: (done: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error) {
        reject(error);
      } else {
        resolve(response);
      }
    });
  });
}

/** A directory for one test file. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "backline-plugins-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
