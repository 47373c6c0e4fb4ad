import { spawn } from "node:child_process";
import * as fs from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { type AuthContext, type Connection, Server, type ServerChannel, type SFTPWrapper, utils } from "ssh2";
import type { Properties } from "../../../../toolchain/plugins/shared/values";

const { OPEN_MODE, STATUS_CODE } = utils.sftp;

/** An SSH server on loopback that runs commands with /bin/sh and keeps its files on this machine. */
export interface TestSshServer {
  readonly port: number;
  /** Its host key, as known_hosts has it. */
  readonly hostKey: string;
  /** The client's key that it takes. */
  readonly privateKey: string;
  /** How many connections have been authenticated. */
  readonly logins: () => number;
  /** How many connections are open. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export interface TestSshOptions {
  /** Also take this password. */
  readonly password?: string;
  /** Variables that it takes from a client, as AcceptEnv does. Default: none. */
  readonly acceptEnv?: readonly string[];
  /** So many first connections are closed before they can log in. Default: 0. */
  readonly refuseFirst?: number;
}

export async function sshServer({
  password,
  acceptEnv = [],
  refuseFirst = 0,
}: TestSshOptions = {}): Promise<TestSshServer> {
  const [host, client] = [keyPair(), keyPair()];
  let [connections, logins] = [0, 0];
  const open = new Set<Connection>();
  const server = new Server({ hostKeys: [host.private] }, (connection) => {
    connections += 1;
    connection.on("error", () => undefined);
    if (connections <= refuseFirst) {
      connection.end();
      return;
    }
    open.add(connection);
    connection.on("close", () => open.delete(connection));
    connection.on("authentication", (attempt) => authenticate(attempt, client.public, password));
    connection.on("ready", () => {
      logins += 1;
    });
    connection.on("tcpip", (accept, _reject, { destIP, destPort }) => {
      const channel = accept();
      const socket = connect(destPort, destIP);
      channel.pipe(socket).pipe(channel);
      socket.on("error", () => channel.close());
    });
    connection.on("session", (acceptSession) => {
      const session = acceptSession();
      const env: Record<string, string> = {};
      session.on("env", (accept, reject, { key, val }: { key: string; val: string }) => {
        if (acceptEnv.includes(key)) {
          env[key] = val;
          accept?.();
        } else {
          reject?.();
        }
      });
      session.on("exec", (accept, _reject, { command }) => {
        const child = runCommand(accept(), command, env);
        connection.once("close", () => child.kill("SIGKILL"));
      });
      session.on("sftp", (accept) => serveFiles(accept()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    hostKey: host.public,
    privateKey: client.private,
    logins: () => logins,
    connections: () => open.size,
    close: () => {
      for (const connection of open) {
        connection.end();
      }
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A connection with every default filled in, as Check leaves it. */
export function connectionTo({ port, privateKey }: TestSshServer, more: Properties = {}): Properties {
  return { host: "127.0.0.1", user: "root", port, privateKey, dialErrorLimit: 2, perDialTimeout: 5, ...more };
}

/** A new key. ssh2 now and then makes one that it cannot read itself: then another one. */
export function keyPair(): { readonly public: string; readonly private: string } {
  const pair = utils.generateKeyPairSync("ed25519");
  return utils.parseKey(pair.private) instanceof Error ? keyPair() : pair;
}

function authenticate(attempt: AuthContext, clientKey: string, password: string | undefined): void {
  const expected = utils.parseKey(clientKey);
  if (attempt.method === "password" && password !== undefined && attempt.password === password) {
    attempt.accept();
  } else if (
    attempt.method === "publickey" &&
    !(expected instanceof Error) &&
    attempt.key.data.equals(expected.getPublicSSH()) &&
    (attempt.signature === undefined ||
      (attempt.blob !== undefined &&
        expected.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true))
  ) {
    attempt.accept();
  } else {
    attempt.reject(["publickey", "password"]);
  }
}

function runCommand(channel: ServerChannel, command: string, env: Record<string, string>) {
  const child = spawn("/bin/sh", ["-c", `exec 2>&2; ${command}`], {
    env: { PATH: process.env.PATH, ...env },
  });
  channel.pipe(child.stdin.on("error", () => undefined));
  child.stdout.on("data", (chunk) => channel.write(chunk));
  child.stderr.on("data", (chunk) => channel.stderr.write(chunk));
  child.on("close", (code, signal) => {
    if (code === null) {
      channel.exit(signal?.replace("SIG", "") ?? "TERM");
    } else {
      channel.exit(code);
    }
    channel.end();
  });
  return child;
}

/** As much of SFTP as writing files takes. */
function serveFiles(sftp: SFTPWrapper): void {
  const files = new Map<number, fs.FileHandle>();
  let next = 0;
  const answer = (id: number, work: () => Promise<unknown>): void => {
    work()
      .then(() => sftp.status(id, STATUS_CODE.OK))
      .catch((error: NodeJS.ErrnoException) => {
        sftp.status(
          id,
          error.code === "ENOENT" ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE,
          error.message,
        );
      });
  };
  const file = (handle: Buffer): fs.FileHandle => {
    const found = files.get(handle.readUInt32BE());
    if (found === undefined) {
      throw new Error("no such handle");
    }
    return found;
  };
  sftp.on("STAT", (id, path) => {
    fs.stat(path)
      .then(({ mode, uid, gid, size, atimeMs, mtimeMs }) => {
        sftp.attrs(id, { mode, uid, gid, size, atime: atimeMs / 1_000, mtime: mtimeMs / 1_000 });
      })
      .catch(() => sftp.status(id, STATUS_CODE.NO_SUCH_FILE));
  });
  sftp.on("MKDIR", (id, path) => answer(id, () => fs.mkdir(path)));
  sftp.on("OPEN", (id, path, flags) => {
    fs.open(path, (flags & OPEN_MODE.TRUNC) === 0 ? "r+" : "w")
      .then((opened) => {
        const handle = Buffer.alloc(4);
        next += 1;
        handle.writeUInt32BE(next);
        files.set(next, opened);
        sftp.handle(id, handle);
      })
      .catch((error: Error) => sftp.status(id, STATUS_CODE.FAILURE, error.message));
  });
  sftp.on("WRITE", (id, handle, offset, data) =>
    answer(id, () => file(handle).write(data, 0, data.length, offset)),
  );
  sftp.on("FSETSTAT", (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on("FSTAT", (id, handle) => {
    file(handle)
      .stat()
      .then(({ mode, uid, gid, size }) => sftp.attrs(id, { mode, uid, gid, size, atime: 0, mtime: 0 }))
      .catch(() => sftp.status(id, STATUS_CODE.FAILURE));
  });
  sftp.on("CLOSE", (id, handle) => answer(id, () => file(handle).close()));
}
