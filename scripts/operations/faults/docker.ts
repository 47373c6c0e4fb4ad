import type { Fault } from "./fault";

/** An address that Docker publishes at, IPv4 or IPv6, before the colon and the port. */
const listenAddress = String.raw`(?:[\d.]+|\[?[0-9a-f:]*?\]?)`;

/** What Docker refuses, in its own words or in those of its provider. */
export const dockerFaults: readonly Fault[] = [
  {
    pattern: new RegExp(
      `(?:Bind for|listen (?:tcp|udp)[46]?|failed to bind host port(?: for)?) ${listenAddress}:(\\d+)\\b[^\\n]*(?:port is already allocated|address already in use)`,
    ),
    say: ([, port]) =>
      `port ${port} on the host is taken by another program; end it, or write another port under backline:proxy (./backline doctor says who holds it)`,
    example: "Bind for 0.0.0.0:8443 failed: port is already allocated",
  },
  {
    pattern: new RegExp(
      `(?:listen (?:tcp|udp)[46]? ${listenAddress}:|cannot expose privileged port |failed to bind host port(?: for)? ${listenAddress}:)(\\d+)\\b[^\\n]*(?:permission denied|ip_unprivileged_port_start)`,
    ),
    say: ([, port]) =>
      `this Docker runs without root and may not listen on port ${port}; write ports from 1024 on under backline:proxy, or run: sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}`,
    example:
      "cannot expose privileged port 443, you can add 'net.ipv4.ip_unprivileged_port_start=443' to /etc/sysctl.conf",
  },
  {
    pattern:
      /permission denied[^\n]*docker(?:\.sock| API| daemon socket)|docker\.sock[^\n]*permission denied/i,
    say: () =>
      'this user may not use Docker; run "sudo usermod -aG docker $USER", log in again and run the command again',
    example:
      "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
  },
  {
    pattern:
      /Cannot connect to the Docker daemon|failed to connect to the docker API|error during connect|Is the docker daemon running|Error pinging Docker server/i,
    say: () =>
      "Docker does not answer; start it (./backline doctor says what is wrong) and run the command again",
    example:
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
  },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    say: () =>
      "the disk is full; free some space (docker system df shows what images use) and run the command again",
    example: "write /var/lib/docker/tmp/GetImageBlob: no space left on device",
  },
  {
    pattern: /toomanyrequests: ([^\n.]*)/,
    say: () =>
      "the container registry lets this machine pull no more for now; run docker login, wait an hour, or name a mirror in images.registry",
    example: "toomanyrequests: You have reached your unauthenticated pull rate limit.",
  },
  {
    pattern:
      /unauthorized: (?:authentication required|incorrect username or password)|no basic auth credentials/i,
    say: () =>
      "the container registry does not know who is asking; run docker login for it on the machine that pulls, and run the command again",
    example: "Error response from daemon: unauthorized: authentication required",
  },
  {
    pattern: /no matching manifest for (\S+)/,
    say: ([, platform]) =>
      `there is no image for the kind of processor that the host has (${platform}); name another image in images.override, or another host`,
    example: "no matching manifest for linux/arm64/v8 in the manifest list entries",
  },
  {
    pattern: /No such image: (\S+)|unable to find or pull image (\S+)/,
    say: ([, first, second], stack) =>
      `the image ${first ?? second} is not on this Docker any more; ./backline up ${stack} gets it again, plain pulumi does not`,
    example: "Error response from daemon: No such image: backline/dev-api:1f0c2d3e4a5b",
  },
  {
    pattern:
      /(?:pull access denied|manifest unknown|manifest for \S+ not found|failed to resolve reference)[^\n]*/i,
    say: ([line]) =>
      `an image cannot be pulled (${line?.trim()}); check images in the stack's file, or use --toolchain registry`,
    example: "Error response from daemon: manifest for postgres:15.99 not found: manifest unknown",
  },
  {
    pattern: /The container name "\/?([^"]+)" is already in use/,
    say: ([, name], stack) =>
      `a container named ${name} is there, and the state does not know it; see whose it is (docker inspect ${name}), and if it is this stack's, ./backline up ${stack} removes what a killed run has left, or docker rm --force ${name} does`,
    example: 'Conflict. The container name "/dev-api-0-1f0c2d3e" is already in use by container "4711".',
  },
  {
    // The provider waits for the container to leave, and then says only that it has waited.
    pattern:
      /docker:index:Network \(network-([\w-]+)\):\s[\s\S]*?timeout while waiting for state to become 'removed'/,
    say: ([, network], stack) => {
      const name = `${stack}-${network}`;
      return `a container that is not the stack's is on its network ${name}; find it (docker network inspect ${name}), take it off (docker network disconnect --force ${name} <container>) or, where Docker names one that is long gone, restart Docker, and run the command again`;
    },
    example:
      "docker:index:Network (network-data): error: timeout while waiting for state to become 'removed' (last state: 'pending', timeout: 30s)",
  },
  {
    pattern: /iptables failed:[^\n]*|No chain\/target\/match by that name/,
    say: () =>
      "Docker's rules are gone from the host's firewall, as they are after another program has flushed it; restart Docker, which writes them anew, and run the command again",
    example: "iptables: No chain/target/match by that name.",
  },
];
