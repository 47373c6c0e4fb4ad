import type { Fault } from "./fault";

/** What this machine or its network lacks, whoever says it. What is told more exactly elsewhere comes first. */
export const machineFaults: readonly Fault[] = [
  {
    pattern: /exec: "([^"/]+)": executable file not found in \$PATH/,
    say: ([, program]) =>
      `there is no program ${program} on PATH; install it and run the command again (./backline doctor says what else is missing)`,
    example: 'exec: "go": executable file not found in $PATH',
  },
  {
    pattern:
      /x509: certificate signed by unknown authority|unable to get local issuer certificate|self[- ]signed certificate/i,
    say: () =>
      "the other side shows a certificate that this machine does not know, as a company's proxy does; name the file of its authority in SSL_CERT_FILE and NODE_EXTRA_CA_CERTS",
    example: "tls: failed to verify certificate: x509: certificate signed by unknown authority",
  },
  {
    pattern:
      /lookup (\S+?)(?: on [^\s]+)?: (?:no such host|i\/o timeout|server misbehaving|Temporary failure)|getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (\S+)/i,
    say: ([, go, node]) =>
      `DNS does not find ${go ?? node}: the network is away, or does not reach it; ./backline doctor says what can be reached`,
    example: "dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: no such host",
  },
  {
    pattern:
      /dial tcp (\S+): (?:connect: )?(i\/o timeout|connection timed out|connection refused|network is unreachable|no route to host)|connect (ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH) (\S+)/i,
    say: ([, address, reason, code, other]) =>
      `there is no connection to ${address ?? other} (${reason ?? code}): the network is away, or does not reach it; ./backline doctor says what can be reached`,
    example: "dial tcp 104.16.132.229:443: i/o timeout",
  },
  {
    pattern: /TLS handshake timeout|net\/http: request canceled while waiting for connection/,
    say: () =>
      "the network is too slow, or does not let the connection through; ./backline doctor says what can be reached",
    example: "net/http: TLS handshake timeout",
  },
  {
    pattern:
      /(?:EACCES: permission denied, \w+ '([^']+)'|(?:open|mkdir|rename|unlink) (\/[^\s:]+): permission denied)/,
    say: ([, node, go]) =>
      `this user may not use ${node ?? go}; make it belong to this user: sudo chown -R "$USER" ${node ?? go}`,
    example: "open /project/.backline/state/.pulumi/stacks/backline/dev.json: permission denied",
  },
];
