import type { Client, SFTPWrapper } from "ssh2";
import { contains, type Properties, readAsset, reveal, UNKNOWN, type Value } from "../shared/values";
import { withConnection } from "./connection-inputs";
import type { Execution } from "./execution";
import { copyToRemoteSchema, type InputFailure, inputFailures, parseInputs } from "./inputs";
import type { ResourceType } from "./resource-type";
import { copyPath, copyText } from "./sftp-copy";
import { dial } from "./ssh-dial";

/** `command:remote:CopyToRemote`: a file, text or directory that is written to another host over SSH. */
export const copyToRemote: ResourceType = {
  idPrefix: () => "",
  check(given) {
    const inputs = withConnection(given);
    return {
      inputs,
      failures: [...inputFailures(copyToRemoteSchema, inputs), ...sourceFailures(inputs.source)],
    };
  },
  computed: () => [],
  async create(inputs, execution) {
    await copy(inputs, execution);
    return {};
  },
  async update(inputs, state, execution) {
    if (contentHash(inputs) !== contentHash(state) || !sameValue(inputs.remotePath, state.remotePath)) {
      await copy(inputs, execution);
    }
    return {};
  },
  // The copy stays on the host, as with the official plugin.
  delete: async () => undefined,
};

function sourceFailures(source: Value | undefined): InputFailure[] {
  if (source === undefined || contains(source, (value) => value === UNKNOWN)) {
    return source === undefined ? [{ property: "source", reason: "is required" }] : [];
  }
  const asset = readAsset(reveal(source));
  const usable = asset?.path !== undefined || (asset?.kind === "asset" && asset.text !== undefined);
  return usable
    ? []
    : [{ property: "source", reason: "must be a FileAsset, a StringAsset or a FileArchive of a local path" }];
}

function contentHash({ source }: Properties): string | undefined {
  return source === undefined ? undefined : readAsset(reveal(source))?.hash;
}

function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  return reveal(one ?? null) === reveal(other ?? null);
}

async function copy(inputs: Properties, execution: Execution): Promise<void> {
  const { connection, remotePath } = parseInputs(copyToRemoteSchema, inputs);
  const source = readAsset(reveal(inputs.source ?? null));
  const session = await dial(connection, execution);
  const abort = () => session.close();
  execution.signal.addEventListener("abort", abort, { once: true });
  try {
    const sftp = await openSftp(session.client);
    if (source?.path !== undefined) {
      await copyPath(sftp, source.path, remotePath);
    } else if (source?.kind === "asset" && source.text !== undefined) {
      await copyText(sftp, source.text, remotePath);
    }
  } catch (error) {
    execution.signal.throwIfAborted();
    throw error;
  } finally {
    execution.signal.removeEventListener("abort", abort);
    session.close();
  }
}

function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) {
        reject(error);
      } else {
        resolve(sftp);
      }
    });
  });
}
