import { type EngineState, localEndpoint } from "./state";

/** Why Backline cannot bring up a daemon by itself, with the mend; undefined if it can. */
export function obstacle(state: EngineState): string | undefined {
  if (state.reachable) {
    if (state.limits) return undefined;
    return "Docker cannot hold containers to memory and CPU limits, because the kernel's memory or cpu control group is off; boot with cgroup_enable=memory and restart Docker";
  }
  if (state.endpoint !== localEndpoint) {
    return `Docker does not answer at ${state.endpoint} (${state.reason}); start it there, or unset DOCKER_HOST and run \`docker context use default\``;
  }
  if (state.running && /permission denied/i.test(state.reason ?? "")) {
    return "Docker runs, but this user may not use it; run `sudo usermod -aG docker $USER` and log in again";
  }
  if (!(state.installed && state.client) && !state.apt) {
    return "Docker Engine is missing and Backline installs it on Debian and Ubuntu only; install it as https://docs.docker.com/engine/install/ says and start it";
  }
  return state.root === "no" ? withoutRoot(state) : undefined;
}

/** What only root could do, and this user cannot become; undefined where nothing needs root. */
function withoutRoot({ installed, client, running }: EngineState): string | undefined {
  const why = "because there is no sudo for this user";
  if (!(installed && client))
    return `${running ? "The docker command" : "Docker Engine"} is missing, and this user may not install it, ${why}; have root install it as https://docs.docker.com/engine/install/ says and run \`usermod -aG docker <user>\`, then log in again`;
  return running
    ? undefined
    : `Docker Engine does not run, and this user may not start it, ${why}; start it as root: \`systemctl start docker\``;
}

/** What `ensureEngine` will do on this machine, one sentence each; empty if nothing. */
export function planEngine(state: EngineState): string[] {
  if (state.reachable || obstacle(state) !== undefined) return [];
  const sentences: string[] = [];
  if (!state.installed) {
    sentences.push(
      state.client
        ? "Install Docker Engine and iptables with apt-get; the docker command that is already there stays."
        : "Install Docker Engine, its docker command and iptables with apt-get.",
    );
  } else if (!state.client) {
    sentences.push("Install the docker command with apt-get.");
  }
  if (!state.running) {
    sentences.push(
      state.systemd
        ? "Start Docker Engine, now and at every boot, with systemctl."
        : "Start Docker Engine in the background; it keeps running afterwards.",
    );
  }
  return sentences;
}
