/** Runs a command on the host, as the user who may use sudo there. A command that fails is no error. */
export type Ssh = (
  command: string,
  input?: string,
) => Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>;
