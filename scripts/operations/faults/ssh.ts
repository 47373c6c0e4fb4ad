import { sentenceMark } from "../../../components/shared/ssh";
import type { Fault } from "./fault";

/** What keeps `ssh` from a host. */
export const sshFaults: readonly Fault[] = [
  {
    // A script that knows what is wrong says it itself.
    pattern: new RegExp(`(?:^|\\s)${sentenceMark} (\\S.*)`, "m"),
    say: ([, sentence = ""]) => sentence.trim(),
  },
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    say: (_match, stack) =>
      `the host shows another key than the pinned one; if it was made anew, compare its key and run: ./backline host trust ${stack}; otherwise somebody may be answering in its place`,
    example: "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
  },
  {
    pattern: /Host key verification failed|No \S+ host key is known for/,
    say: (_match, stack) =>
      `the host shows a key that host.hostKey does not name; compare it and run: ./backline host trust ${stack}`,
    example: "Host key verification failed.",
  },
  {
    pattern: /(?:(\S+): )?Permission denied \(([^)\s]*publickey[^)\s]*)\)/,
    say: ([, who = "the user"]) =>
      `the host does not let ${who} in with this key; add the key to the agent (ssh-add) or name its file in host.identityFile, and see that its .pub line is in host.publicKeys`,
    example: "ops@203.0.113.10: Permission denied (publickey).",
  },
  {
    pattern: /Bad configuration option: knownhostscommand/i,
    say: () => "this machine's ssh is older than OpenSSH 8.5, and takes no pinned key; install a later one",
    example: "command-line: line 0: Bad configuration option: knownhostscommand",
  },
  {
    pattern: /Could not resolve hostname (\S+?):/,
    say: ([, name = ""]) => `there is no host ${name}: DNS does not know the name; check host.address`,
    example: "ssh: Could not resolve hostname host.example.com: Name or service not known",
  },
  {
    pattern:
      /ssh: connect to host (\S+) port (\d+): (Connection refused|Connection timed out|No route to host|Network is unreachable|Operation timed out)/,
    say: ([, host = "", port = "", reason = ""]) =>
      `no SSH server answers at ${host}, port ${port} (${reason.toLowerCase()}); is the host up, are host.address and host.port right, and does host.sshAllow name your address?`,
    example: "ssh: connect to host 203.0.113.10 port 22: Connection timed out",
  },
  {
    pattern:
      /(?:kex_exchange_identification|ssh_exchange_identification|banner exchange):[^\n]*(?:closed|reset)/i,
    say: () =>
      "the host ends the SSH connection before it has begun, as one does that has shut your address out (fail2ban) or has too many connections; wait a few minutes, and see that host.sshAllow names your address",
    example: "kex_exchange_identification: Connection closed by remote host",
  },
  {
    pattern: /sudo: (?:a password is required|a terminal is required|no tty present)/,
    say: () =>
      "the user on the host may not use sudo without a password; name one who may, or root, in host.firstUser",
    example: "sudo: a password is required",
  },
];
