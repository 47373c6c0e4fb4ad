import { stripVTControlCharacters } from "node:util";
import { sentenceMark } from "../../components/shared/ssh";

/** A failure of Pulumi, SSH or Docker that users meet, told in one sentence with its mend. */
interface Fault {
  readonly pattern: RegExp;
  readonly say: (match: RegExpExecArray, stack: string) => string;
}

const faults: readonly Fault[] = [
  {
    // A script that knows what is wrong says it itself.
    pattern: new RegExp(`(?:^|\\s)${sentenceMark} (\\S.*)`, "m"),
    say: ([, sentence = ""]) => sentence.trim(),
  },
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    say: (_match, stack) =>
      `the host shows another key than the pinned one; if it was made anew, compare its key and run: ./backline host trust ${stack}; otherwise somebody may be answering in its place`,
  },
  {
    pattern: /Host key verification failed|No \S+ host key is known for/,
    say: (_match, stack) =>
      `the host shows a key that host.hostKey does not name; compare it and run: ./backline host trust ${stack}`,
  },
  {
    pattern: /(?:(\S+): )?Permission denied \(([^)\s]*publickey[^)\s]*)\)/,
    say: ([, who = "the user"]) =>
      `the host does not let ${who} in with this key; add the key to the agent (ssh-add) or name its file in host.identityFile, and see that its .pub line is in host.publicKeys`,
  },
  {
    pattern: /Bad configuration option: knownhostscommand/i,
    say: () => "this machine's ssh is older than OpenSSH 8.5, and takes no pinned key; install a later one",
  },
  {
    pattern: /Could not resolve hostname (\S+?):/,
    say: ([, name = ""]) => `there is no host ${name}: DNS does not know the name; check host.address`,
  },
  {
    pattern:
      /ssh: connect to host (\S+) port (\d+): (Connection refused|Connection timed out|No route to host|Network is unreachable|Operation timed out)/,
    say: ([, host = "", port = "", reason = ""]) =>
      `no SSH server answers at ${host}, port ${port} (${reason.toLowerCase()}); is the host up, are host.address and host.port right, and does host.sshAllow name your address?`,
  },
  {
    pattern: /the stack is currently locked by \d+ lock/,
    say: (_match, stack) =>
      `another process works on the stack ${stack}, as the lines above say; wait for it, or if it is gone run: pulumi cancel ${stack}`,
  },
  {
    pattern: /incorrect passphrase/i,
    say: (_match, stack) =>
      `the passphrase does not fit the stack ${stack}; put the right one into .backline/passphrases/${stack} or set PULUMI_CONFIG_PASSPHRASE_FILE`,
  },
  {
    pattern: /(?:unable to read|no such file).*(?:PASSPHRASE_FILE|passphrases\/)|passphrase must be set/i,
    say: (_match, stack) =>
      `the passphrase of the stack ${stack} is not on this machine; put it into .backline/passphrases/${stack} (mode 0600) or set PULUMI_CONFIG_PASSPHRASE_FILE`,
  },
  {
    pattern: /no stack named '?([^'\s]+)/,
    say: (_match, stack) => `the stack ${stack} does not exist yet; run: ./backline init ${stack}`,
  },
  {
    pattern:
      /(?:Bind for|listen tcp4?) ([\d.:]*):(\d+)[^\n]*(?:port is already allocated|address already in use)/,
    say: ([, , port]) =>
      `port ${port} on the host is taken by another program; end it, or write another port under backline:proxy (./backline doctor says who holds it)`,
  },
  {
    pattern: /Cannot connect to the Docker daemon|error during connect|Is the docker daemon running/i,
    say: () =>
      "Docker does not answer; start it (./backline doctor says what is wrong) and run the command again",
  },
  {
    pattern: /permission denied[^\n]*docker\.sock|docker\.sock[^\n]*permission denied/i,
    say: () =>
      'this user may not use Docker; run "sudo usermod -aG docker $USER", log in again and run the command again',
  },
  {
    pattern: /no space left on device/i,
    say: () =>
      "the disk is full; free some space (docker system df shows what images use) and run the command again",
  },
  {
    pattern: /(?:pull access denied|manifest unknown|failed to resolve reference)[^\n]*/i,
    say: ([line]) =>
      `an image cannot be pulled (${line?.trim()}); check images in the stack's file, or use --toolchain registry`,
  },
  {
    pattern: /(?:dial tcp|lookup)[^\n]*(?:no such host|i\/o timeout)/i,
    say: ([line]) =>
      `the network does not reach what is needed (${line?.trim()}); ./backline doctor says what can be reached`,
  },
  {
    pattern: /snapshot integrity failure|unexpected end of JSON|failed to (?:load|unmarshal) checkpoint/i,
    say: (_match, stack) =>
      `the state of the stack ${stack} is damaged; bring its last good copy back: ./backline state restore ${stack}`,
  },
];

/** The sentence for the first known fault in the output, or undefined. */
export function recogniseFault(output: string, stack: string): string | undefined {
  const text = stripVTControlCharacters(output).split("\n").map(withoutScript).join("\n");
  for (const { pattern, say } of faults) {
    const match = pattern.exec(text);
    if (match) return say(match, stack);
  }
  return undefined;
}

const frame = /^\s+at (?:async )?(?:.+ \()?(?:file:\/\/|node:|\/|[A-Za-z]:\\).*:\d+:\d+\)?$/;

/** Whether a line of output belongs to a stack trace. */
export const isStackFrame = (line: string): boolean => frame.test(line);

/** The engine shows a message of the program at once beside the stack, and again with all others at the end. */
const repeated = /^\s*[-+~]*\s*pulumi:pulumi:Stack \S+ .*\b(?:warning|error|debug): /;

/** A step that has begun, or the middle of a replacement: its end is shown. */
const unfinished =
  /^\s*[-+~<>]*\s*\S+:\S+ \S+ (?:(?:creating|updating|deleting|replacing|reading|refreshing)\b|replaced \()/;

/** What a refresh or destroy says of each resource that it leaves as it is. */
const unchanged = /^ {4}\S+:\S+ \S+\s*(?:running\s*)?$/;

/** Words about Pulumi's own command, which `destroy` of Backline says better. */
const advice = /^(?:The resources in the stack have been deleted|If you want to remove the stack completely)/;

/** Whether a line of output tells users something that the rest of it does not. */
export const isWorthShowing = (line: string): boolean =>
  ![frame, repeated, unfinished, unchanged, advice].some((pattern) => pattern.test(line));

/** `host-system creating (3s) packages: Installs what ...`: what is being done on a host, in the command's own words. */
const hostProgress =
  /^\s*[-+~]+\s*command:local:Command (host-[a-z]+) (?:creating|updating) \([^)]*\)(?: \[diff: [^\]]*\];)? ([a-z0-9-]+: [A-Z].*\.)$/;

/** The end of such a command, with the last of its lines that happened to be seen. */
const hostDone = /^(\s*[-+~]+\s*command:local:Command host-[a-z]+ (?:created|updated) \([^)]*\)).*$/;

/** What a line of output says about the host, readable; undefined if it is about something else. */
export function hostLine(line: string): string | undefined {
  const [, group, step] = hostProgress.exec(line) ?? [];
  if (step !== undefined) return `    ${group}: ${step}`;
  return hostDone.exec(line)?.[1];
}

/** A failed command is quoted whole, which can be a page of shell in one line; what it said follows in the next. */
export const withoutScript = (line: string): string =>
  line.replace(/(exit status \d+): running "(?:[^"\\]|\\.){80,}"/, "$1");
