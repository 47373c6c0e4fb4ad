import type { ChildProcess } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import { version as sdkVersion } from "@pulumi/pulumi/package.json";
import * as languageService from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import type { PluginService } from "../shared/serve";
import { messageOf, unary, unsupported } from "../shared/unary";
import { parseOptions, type RuntimeOptions } from "./options";
import { installDependencies, packageManager, packageManagerVersion } from "./package-manager";
import { programDependencies, type RequiredPackage, requiredPackages } from "./packages";
import { programOutcome, type RunArguments, type RunOutcome, startProgram } from "./run";

/** How long a program may take to stop by itself, in milliseconds. */
const STOP_GRACE_MS = 5_000;

/** `pulumi-language-nodejs`: runs Node.js programs for the engine. */
export class LanguageHost implements PluginService {
  readonly #programs = new Set<ChildProcess>();
  #engine: string;

  /** @param engine Address of the engine; a Handshake replaces it. */
  constructor(engine: string | undefined) {
    this.#engine = engine ?? "";
  }

  register(server: grpc.Server): void {
    server.addService(languageService.LanguageRuntimeService, this.#implementation());
  }

  /** Interrupts every running program, and kills what has not ended after the grace. */
  async stop(): Promise<void> {
    await Promise.all([...this.#programs].map(stopProgram));
  }

  #implementation(): languageService.ILanguageRuntimeServer {
    const generation =
      "Code generation needs the official language host: https://www.pulumi.com/docs/install/";
    return {
      handshake: unary((request) => {
        this.#engine = request.getEngineAddress();
        return new language.LanguageHandshakeResponse();
      }),
      getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(sdkVersion)),
      getRequiredPlugins: unsupported("GetRequiredPlugins is replaced by GetRequiredPackages"),
      getRequiredPackages: unary((request) =>
        new language.GetRequiredPackagesResponse().setPackagesList(
          requiredPackages(programDirectory(request.getInfo())).map(packageDependency),
        ),
      ),
      run: unary(async (request, call) => {
        const { error, bail } = await this.#run(request, call);
        return new language.RunResponse().setError(error).setBail(bail);
      }),
      cancel: unary(async () => {
        await this.stop();
        return new empty.Empty();
      }),
      about: unary(about),
      installDependencies: (call) => void install(call),
      getProgramDependencies: unary((request) =>
        new language.GetProgramDependenciesResponse().setDependenciesList(
          programDependencies(programDirectory(request.getInfo()), request.getTransitivedependencies()).map(
            ({ name, version }) => new language.DependencyInfo().setName(name).setVersion(version),
          ),
        ),
      ),
      runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
      template: unary(() => new language.TemplateResponse()),
      runPlugin: (call) => {
        const details = "Plugins written in TypeScript need the official language host";
        call.emit("error", { code: grpc.status.UNIMPLEMENTED, details });
      },
      generateProgram: unsupported(generation),
      generateProject: unsupported(generation),
      generatePackage: unsupported(generation),
      pack: unsupported(generation),
      link: unsupported(generation),
    };
  }

  async #run(
    request: language.RunRequest,
    call: grpc.ServerUnaryCall<language.RunRequest, language.RunResponse>,
  ): Promise<RunOutcome> {
    let program: ChildProcess;
    try {
      program = startProgram(runtimeOptions(request.getInfo()), this.#runArguments(request));
    } catch (error) {
      return { error: messageOf(error), bail: false };
    }
    this.#programs.add(program);
    call.on("cancelled", () => void stopProgram(program));
    const outcome = await programOutcome(program);
    this.#programs.delete(program);
    return outcome;
  }

  #runArguments(request: language.RunRequest): RunArguments {
    const info = request.getInfo();
    return {
      monitor: request.getMonitorAddress(),
      engine: this.#engine,
      organization: request.getOrganization(),
      project: request.getProject(),
      stack: request.getStack(),
      rootDirectory: info?.getRootDirectory() ?? "",
      programDirectory: info?.getProgramDirectory() ?? request.getPwd(),
      entryPoint: info?.getEntryPoint() || request.getProgram() || ".",
      dryRun: request.getDryrun(),
      parallel: request.getParallel(),
      args: request.getArgsList(),
      config: Object.fromEntries(request.getConfigMap().toArray()),
      configSecretKeys: request.getConfigsecretkeysList(),
    };
  }
}

function programDirectory(info: language.ProgramInfo | undefined): string {
  return info?.getProgramDirectory() || process.cwd();
}

function runtimeOptions(info: language.ProgramInfo | undefined): RuntimeOptions {
  return parseOptions(info?.getOptions()?.toJavaScript() ?? {});
}

function packageDependency(required: RequiredPackage): plugin.PackageDependency {
  const dependency = new plugin.PackageDependency()
    .setName(required.name)
    .setKind("resource")
    .setVersion(required.version)
    .setServer(required.server);
  if (required.parameterization !== undefined) {
    const { name, version, value } = required.parameterization;
    dependency.setParameterization(
      new plugin.PackageParameterization().setName(name).setVersion(version).setValue(value),
    );
  }
  return dependency;
}

function about(request: language.AboutRequest): language.AboutResponse {
  const info = request.getInfo();
  const manager = packageManager(runtimeOptions(info).packagemanager, programDirectory(info));
  const response = new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version);
  response.getMetadataMap().set("packagemanager", manager);
  response.getMetadataMap().set("packagemanagerVersion", packageManagerVersion(manager));
  return response;
}

async function install(
  call: grpc.ServerWritableStream<language.InstallDependenciesRequest, language.InstallDependenciesResponse>,
): Promise<void> {
  const info = call.request.getInfo();
  const directory = info?.getProgramDirectory() || call.request.getDirectory();
  const say = (text: string) =>
    call.write(new language.InstallDependenciesResponse().setStdout(Buffer.from(text)));
  try {
    say("Installing dependencies...\n\n");
    const manager = packageManager(runtimeOptions(info).packagemanager, directory);
    await installDependencies(manager, directory, (stream, chunk) => {
      const response = new language.InstallDependenciesResponse();
      call.write(stream === "stdout" ? response.setStdout(chunk) : response.setStderr(chunk));
    });
    say("Finished installing dependencies\n\n");
    call.end();
  } catch (error) {
    call.emit("error", { code: grpc.status.UNKNOWN, details: messageOf(error) });
  }
}

/** SIGINT first, as the official host does: the program can then still finish what it told the engine. */
function stopProgram(program: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (program.exitCode !== null || program.signalCode !== null) {
      resolve();
      return;
    }
    const kill = setTimeout(() => program.kill("SIGKILL"), STOP_GRACE_MS);
    program.once("exit", () => {
      clearTimeout(kill);
      resolve();
    });
    program.kill("SIGINT");
  });
}
