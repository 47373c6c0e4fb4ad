import { describe, expect, it } from "vitest";
import { withoutScript } from "../../../scripts/operations/engine-lines";
import { faults, recogniseFault } from "../../../scripts/operations/faults";

const portTaken = (port: number) =>
  `port ${port} on the host is taken by another program; end it, or write another port under backline:proxy (./backline doctor says who holds it)`;
const rootless = (port: number) =>
  `this Docker runs without root and may not listen on port ${port}; write ports from 1024 on under backline:proxy, or run: sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}`;
const stopped =
  "Docker does not answer; start it (./backline doctor says what is wrong) and run the command again";
const forbidden =
  'this user may not use Docker; run "sudo usermod -aG docker $USER", log in again and run the command again';
const slowPlugin = (name: string) =>
  `Pulumi's plugin ${name} did not answer within the 10 s that Pulumi gives it, because this machine is too busy or short of memory; end what else runs on it (./backline doctor shows its memory) and run the command again`;
const full =
  "the disk is full; free some space (docker system df shows what images use) and run the command again";
const cloudflareToken =
  "Cloudflare refuses the token (403); docs/dns.md lists the rights that it needs and for which zone: make such a one and run: pulumi config set --secret --path 'backline:cloudflare.apiToken'";
const cloudflareLimit =
  "Cloudflare takes no more requests from this token for now (429); wait five minutes and run the command again, which goes on from where this one is";
const vercelToken = (why: string) =>
  `Vercel refuses the token (403: ${why}); see that it is the token of the team in vercel.team and has not ended, or make another one at https://vercel.com/account/tokens and run: pulumi config set --secret --path 'backline:vercel.token'`;

describe("a fault in the output", () => {
  // What these programs really wrote, from runs of them and from reports of their users.
  it.each([
    [
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///srv/.backline/state/.pulumi/locks/organization/backline/dev/1f.json?no_tmp_dir=true: created by ann@laptop (pid 4711) at 2026-11-21T20:00:00Z",
      "another process works on the stack dev: ann@laptop, process 4711, since 2026-11-21T20:00:00Z; wait for it, or if it is gone run: pulumi cancel dev",
    ],
    [
      "error: [409] Conflict: Another update is currently in progress.",
      "another update of the stack dev runs, as Pulumi's service says; wait for it, or if it is gone run: pulumi cancel dev",
    ],
    [
      "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
      "the passphrase does not fit the stack dev; put the right one into .backline/passphrases/dev or set PULUMI_CONFIG_PASSPHRASE_FILE",
    ],
    [
      "error: getting stack configuration: get stack secrets manager: unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /srv/.backline/passphrases/dev: no such file or directory",
      "the passphrase of the stack dev is not on this machine; put it into .backline/passphrases/dev (mode 0600) or set PULUMI_CONFIG_PASSPHRASE_FILE",
    ],
    [
      "error: getting stack configuration: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
      "the passphrase of the stack dev is not on this machine; put it into .backline/passphrases/dev (mode 0600) or set PULUMI_CONFIG_PASSPHRASE_FILE",
    ],
    ["error: no stack named 'dev' found", "the stack dev does not exist yet; run: ./backline init dev"],
    [
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
      "the state is kept at Pulumi's service, which wants a token; set PULUMI_ACCESS_TOKEN, or unset PULUMI_BACKEND_URL to keep it on this machine",
    ],
    [
      "error: no resource plugin 'pulumi-resource-docker' found in the workspace at version v5.2.0 or on your $PATH, install the plugin using `pulumi plugin install resource docker v5.2.0`",
      "Pulumi's plugin pulumi-resource-docker is not on this machine any more; delete .backline/toolchain.json and run the command again, which gets it",
    ],
    [
      "  docker:index:Network (network-data):\n    error: deleting urn:pulumi:dev::backline::docker:index/network:Network::network-data: 1 error occurred:\n    \t* timeout while waiting for state to become 'removed' (last state: 'pending', timeout: 30s)\n",
      "a container that is not the stack's is on its network dev-data; find it (docker network inspect dev-data), take it off (docker network disconnect --force dev-data <container>) or, where Docker names one that is long gone, restart Docker, and run the command again",
    ],
    [
      "error: docker (resource) plugin [/home/ann/.pulumi/plugins/resource-docker-v5.2.0/pulumi-resource-docker] did not come alive: failed to handshake with '/home/ann/.pulumi/plugins/resource-docker-v5.2.0/pulumi-resource-docker': rpc error: code = DeadlineExceeded desc = context deadline exceeded",
      slowPlugin("pulumi-resource-docker"),
    ],
    [
      "error: failed to load language plugin nodejs: nodejs (language) plugin [/usr/bin/pulumi-language-nodejs] did not begin responding to RPC connections",
      slowPlugin("pulumi-language-nodejs"),
    ],
    [
      "driver failed programming external connectivity on endpoint dev-proxy-1 (b1): Bind for 0.0.0.0:8443 failed: port is already allocated",
      portTaken(8443),
    ],
    [
      "error: Unable to start container: Error response from daemon: driver failed programming external connectivity on endpoint dev-proxy (1f): Bind for :::443 failed: port is already allocated",
      portTaken(443),
    ],
    [
      "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use",
      portTaken(8080),
    ],
    ["Error starting userland proxy: listen tcp6 [::]:8080: bind: address already in use", portTaken(8080)],
    [
      "Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint dev-proxy (1f): failed to bind host port for 0.0.0.0:8443:172.18.0.2:8443/tcp: address already in use",
      portTaken(8443),
    ],
    [
      "Error response from daemon: driver failed programming external connectivity on endpoint dev-proxy (1f): Error starting userland proxy: error while calling PortManager.AddPort(): cannot expose privileged port 443, you can add 'net.ipv4.ip_unprivileged_port_start=443' to /etc/sysctl.conf (currently 1024), or set CAP_NET_BIND_SERVICE on rootlesskit binary, or choose a larger port number (>= 1024): listen tcp4 0.0.0.0:443: bind: permission denied",
      rootless(443),
    ],
    [
      "error: failed to create Docker client: Error pinging Docker server, please make sure that unix:///var/run/docker.sock is reachable and has a  '_ping' endpoint. Error: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      stopped,
    ],
    [
      "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory",
      stopped,
    ],
    [
      "Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
      forbidden,
    ],
    [
      "error: failed to create Docker client: Error pinging Docker server, please make sure that unix:///var/run/docker.sock is reachable and has a  '_ping' endpoint. Error: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Head \"http://%2Fvar%2Frun%2Fdocker.sock/_ping\": dial unix /var/run/docker.sock: connect: permission denied",
      forbidden,
    ],
    ["permission denied while trying to connect to the docker API at unix:///var/run/docker.sock", forbidden],
    ["write /var/lib/docker/tmp/x: no space left on device", full],
    [
      'error: sdk/go: write "/srv/.backline/state/.pulumi/stacks/backline/dev.json": disk quota exceeded',
      full,
    ],
    [
      "Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
      "the container registry lets this machine pull no more for now; run docker login, wait an hour, or name a mirror in images.registry",
    ],
    [
      'Error response from daemon: Head "https://registry.example.com/v2/team/api/manifests/1f": unauthorized: authentication required',
      "the container registry does not know who is asking; run docker login for it on the machine that pulls, and run the command again",
    ],
    [
      "no matching manifest for linux/arm64/v8 in the manifest list entries",
      "there is no image for the kind of processor that the host has (linux/arm64/v8); name another image in images.override, or another host",
    ],
    [
      "error: Unable to create container: Error response from daemon: No such image: backline/dev-api:1f0c2d3e4a5b",
      "the image backline/dev-api:1f0c2d3e4a5b is not on this Docker any more; ./backline up dev gets it again, plain pulumi does not",
    ],
    [
      "Error response from daemon: manifest unknown: manifest unknown",
      "an image cannot be pulled (manifest unknown: manifest unknown); check images in the stack's file, or use --toolchain registry",
    ],
    [
      "error: Unable to read Docker image into resource: unable to pull image postgres:15.99: error pulling image postgres:15.99: Error response from daemon: manifest for postgres:15.99 not found: manifest unknown: manifest unknown",
      "an image cannot be pulled (manifest for postgres:15.99 not found: manifest unknown: manifest unknown); check images in the stack's file, or use --toolchain registry",
    ],
    [
      'error: Unable to create container: Error response from daemon: Conflict. The container name "/dev-api-0-1f0c2d3e" is already in use by container "4711". You have to remove (or rename) that container to be able to reuse that name.',
      "a container named dev-api-0-1f0c2d3e is there, and the state does not know it; see whose it is (docker inspect dev-api-0-1f0c2d3e), and if it is this stack's, ./backline up dev removes what a killed run has left, or docker rm --force dev-api-0-1f0c2d3e does",
    ],
    [
      "Unable to enable DNAT rule:  (iptables failed: iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport 443 -j DNAT --to-destination 172.18.0.2:443 ! -i br-1f: iptables: No chain/target/match by that name.\n (exit status 1))",
      "Docker's rules are gone from the host's firewall, as they are after another program has flushed it; restart Docker, which writes them anew, and run the command again",
    ],
    ["error: failed to create DNS record: Authentication error (10000)", cloudflareToken],
    [
      'error: setting plan free for zone "1f": HTTP status 403: Authentication error (10000)',
      cloudflareToken,
    ],
    [
      'failed to make http request: POST "https://api.cloudflare.com/client/v4/zones/1f/dns_records": 403 Forbidden {"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}',
      cloudflareToken,
    ],
    [
      'GET "https://api.cloudflare.com/client/v4/zones/1f": 429 Too Many Requests {"success":false,"errors":[{"code":971,"message":"Please wait and consider throttling your request speed"}],"messages":[],"result":null}',
      cloudflareLimit,
    ],
    ["error: exceeded available rate limit retries", cloudflareLimit],
    [
      'PUT "https://api.cloudflare.com/client/v4/zones/1f/settings/ssl": 502 Bad Gateway',
      "Cloudflare itself fails (502); see https://www.cloudflarestatus.com and run the command again later, which goes on from where this one is",
    ],
    [
      'error: Could not create project, unexpected error: forbidden - Not authorized: Authorization is missing access to scope "audifi". You must re-authenticate to this scope or use a token with access to this scope.',
      vercelToken(
        'Not authorized: Authorization is missing access to scope "audifi". You must re-authenticate to this scope or use a token with access to this scope',
      ),
    ],
    ["Could not create project, unexpected error: forbidden - Not authorized", vercelToken("Not authorized")],
    [
      'error: could not start: exec: "go": executable file not found in $PATH',
      "there is no program go on PATH; install it and run the command again (./backline doctor says what else is missing)",
    ],
    [
      'Get "https://registry-1.docker.io/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      "the other side shows a certificate that this machine does not know, as a company's proxy does; name the file of its authority in SSL_CERT_FILE and NODE_EXTRA_CA_CERTS",
    ],
    [
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: no such host',
      "DNS does not find registry-1.docker.io: the network is away, or does not reach it; ./backline doctor says what can be reached",
    ],
    [
      "Error: getaddrinfo EAI_AGAIN api.vercel.com",
      "DNS does not find api.vercel.com: the network is away, or does not reach it; ./backline doctor says what can be reached",
    ],
    [
      'Get "https://api.cloudflare.com/client/v4/zones": dial tcp 104.19.192.29:443: connect: network is unreachable',
      "there is no connection to 104.19.192.29:443 (network is unreachable): the network is away, or does not reach it; ./backline doctor says what can be reached",
    ],
    [
      "Error: connect ECONNREFUSED 127.0.0.1:443",
      "there is no connection to 127.0.0.1:443 (ECONNREFUSED): the network is away, or does not reach it; ./backline doctor says what can be reached",
    ],
    [
      "net/http: TLS handshake timeout",
      "the network is too slow, or does not let the connection through; ./backline doctor says what can be reached",
    ],
    [
      "error: open /srv/.backline/state/.pulumi/stacks/backline/dev.json: permission denied",
      'this user may not use /srv/.backline/state/.pulumi/stacks/backline/dev.json; make it belong to this user: sudo chown -R "$USER" /srv/.backline/state/.pulumi/stacks/backline/dev.json',
    ],
  ])("%s is told with its mend", (output, sentence) => {
    expect(recogniseFault(`some line\n${output}\nanother line`, "dev")).toBe(sentence);
  });

  it.each(
    Object.values(faults)
      .flat()
      .flatMap((fault) => (fault.example === undefined ? [] : ([[fault.example, fault]] as const))),
  )("is its own example and no other's: %s", (example, { pattern, say }) => {
    const match = pattern.exec(example);
    expect(match === null ? undefined : say(match, "dev")).toBe(recogniseFault(example, "dev"));
  });

  it("that is not known is left to the output", () => {
    expect(recogniseFault("error: something new", "dev")).toBeUndefined();
  });
});

describe("a fault of SSH", () => {
  const script = `refuse() { printf '%s\\\\n' \\"backline: $1\\" >&2; exit 4; }\\n# backline: a comment\\n${"on_host docker ps\\n".repeat(3000)}`;

  it("is what a script on the way to the host says, and not the script", () => {
    const output = [
      `  command:local:Command (host-access):`,
      `    error: exit status 4: running "${script}":`,
      "    \u001b[31mbackline: there is no SSH connection to ops@203.0.113.10:22 (timed out); see whether the host is up\u001b[0m",
      "    error: update failed",
    ].join("\n");
    expect(recogniseFault(output, "qa")).toBe(
      "there is no SSH connection to ops@203.0.113.10:22 (timed out); see whether the host is up",
    );
    expect(withoutScript(output.split("\n")[1] ?? "")).toBe("    error: exit status 4:");
    expect(recogniseFault(output.split("\n")[1] ?? "", "qa")).toBeUndefined();
  });

  it("is no name of a key or a type", () => {
    expect(recogniseFault("backline:host:HardenedHost host\n  backline:proxy: {}", "qa")).toBeUndefined();
  });

  it.each([
    [
      "ops@203.0.113.10: Permission denied (publickey).",
      "the host does not let ops@203.0.113.10 in with this key; add the key to the agent (ssh-add) or name its file in host.identityFile, and see that its .pub line is in host.publicKeys",
    ],
    [
      "No ED25519 host key is known for 203.0.113.10 and you have requested strict checking.\nHost key verification failed.",
      "the host shows a key that host.hostKey does not name; compare it and run: ./backline host trust qa",
    ],
    [
      "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.",
      "the host shows another key than the pinned one; if it was made anew, compare its key and run: ./backline host trust qa; otherwise somebody may be answering in its place",
    ],
    [
      "command-line: line 0: Bad configuration option: knownhostscommand",
      "this machine's ssh is older than OpenSSH 8.5, and takes no pinned key; install a later one",
    ],
    [
      "ssh: Could not resolve hostname host.example.com: Name or service not known",
      "there is no host host.example.com: DNS does not know the name; check host.address",
    ],
    [
      "error during connect: Get http://docker: command [ssh -l ops] has exited with exit status 255: stderr=ssh: connect to host 203.0.113.10 port 22: Connection timed out",
      "no SSH server answers at 203.0.113.10, port 22 (connection timed out); is the host up, are host.address and host.port right, and does host.sshAllow name your address?",
    ],
    [
      "kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 203.0.113.10 port 22",
      "the host ends the SSH connection before it has begun, as one does that has shut your address out (fail2ban) or has too many connections; wait a few minutes, and see that host.sshAllow names your address",
    ],
    [
      "sudo: a password is required",
      "the user on the host may not use sudo without a password; name one who may, or root, in host.firstUser",
    ],
  ])("%s is told with its mend", (output, sentence) => {
    expect(recogniseFault(output, "qa")).toBe(sentence);
  });
});
