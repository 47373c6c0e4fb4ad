import { readdir, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import type { SFTPWrapper, Stats } from "ssh2";
import { messageOf } from "../shared/unary";

const NO_SUCH_FILE = 2;

/** Writes a text to a remote file, whose directories are made. */
export async function copyText(sftp: SFTPWrapper, text: string, remotePath: string): Promise<void> {
  if ((await remoteStat(sftp, remotePath))?.isDirectory()) {
    throw new Error(`remote path ${remotePath} is a directory; a text needs the path of a file`);
  }
  await makeDirectories(sftp, posix.dirname(remotePath));
  await step(`write ${remotePath}`, (done) => sftp.writeFile(remotePath, text, done));
}

/**
 * Copies a local file or directory, as `cp -r` would.
 *
 * | source | remote path is a directory | remote path is missing | remote path is a file |
 * | --- | --- | --- | --- |
 * | `dir` | `path/dir` | `path/dir` | error |
 * | `dir/` | its content into `path` | its content into `path` | error |
 * | `file` | `path/file` | `path` | overwritten |
 */
export async function copyPath(sftp: SFTPWrapper, source: string, remotePath: string): Promise<void> {
  const target = await remoteStat(sftp, remotePath);
  if (!(await stat(source)).isDirectory()) {
    const file = target?.isDirectory() ? posix.join(remotePath, basename(source)) : remotePath;
    await makeDirectories(sftp, posix.dirname(file));
    await copyFile(sftp, source, file);
    return;
  }
  await makeDirectories(sftp, remotePath);
  await copyDirectory(
    sftp,
    source,
    source.endsWith("/") ? remotePath : posix.join(remotePath, basename(source)),
  );
}

async function copyDirectory(sftp: SFTPWrapper, source: string, remotePath: string): Promise<void> {
  await makeDirectories(sftp, remotePath);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), posix.join(remotePath, entry.name)];
    const isDirectory = entry.isSymbolicLink() ? (await stat(from)).isDirectory() : entry.isDirectory();
    await (isDirectory ? copyDirectory(sftp, from, to) : copyFile(sftp, from, to));
  }
}

function copyFile(sftp: SFTPWrapper, source: string, remotePath: string): Promise<void> {
  return step(`copy ${source} to ${remotePath}`, (done) => sftp.fastPut(source, remotePath, done));
}

async function makeDirectories(sftp: SFTPWrapper, path: string): Promise<void> {
  const found = await remoteStat(sftp, path);
  if (found !== undefined) {
    if (!found.isDirectory()) {
      throw new Error(`remote path ${path} exists but is not a directory`);
    }
    return;
  }
  await makeDirectories(sftp, posix.dirname(path));
  try {
    await step(`create the directory ${path}`, (done) => sftp.mkdir(path, done));
  } catch (error) {
    // Another copy, at the same time, may have made it.
    if ((await remoteStat(sftp, path))?.isDirectory() !== true) {
      throw error;
    }
  }
}

/** What is at a remote path, or undefined when nothing is. */
function remoteStat(sftp: SFTPWrapper, path: string): Promise<Stats | undefined> {
  return new Promise((resolve, reject) => {
    sftp.stat(path, (error, stats) => {
      if (!error) {
        resolve(stats);
      } else if ("code" in error && error.code === NO_SUCH_FILE) {
        resolve(undefined);
      } else {
        reject(new Error(`could not look at the remote path ${path}: ${error.message}`));
      }
    });
  });
}

function step(what: string, start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error) {
        reject(new Error(`could not ${what}: ${messageOf(error)}`));
      } else {
        resolve();
      }
    });
  });
}
