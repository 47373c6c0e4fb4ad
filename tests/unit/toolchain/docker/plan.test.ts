import { describe, expect, it } from "vitest";
import { obstacle, planEngine } from "../../../../toolchain/docker/plan";
import type { EngineState } from "../../../../toolchain/docker/state";

const blank: EngineState = {
  installed: false,
  running: false,
  reachable: false,
  reason: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
  client: true,
  endpoint: "unix:///var/run/docker.sock",
  limits: true,
  apt: true,
  systemd: false,
  root: "yes",
};
const { reason: _, ...answering } = { ...blank, installed: true, running: true, reachable: true };

describe("planEngine", () => {
  it("tells that the engine is installed and started, and that the client stays", () => {
    expect(planEngine(blank)).toEqual([
      "Install Docker Engine and iptables with apt-get; the docker command that is already there stays.",
      "Start Docker Engine in the background; it keeps running afterwards.",
    ]);
  });

  it("names the client too where there is none, and systemctl where systemd runs", () => {
    expect(planEngine({ ...blank, client: false, systemd: true })).toEqual([
      "Install Docker Engine, its docker command and iptables with apt-get.",
      "Start Docker Engine, now and at every boot, with systemctl.",
    ]);
  });

  it("only starts an engine that is installed", () => {
    expect(planEngine({ ...blank, installed: true })).toEqual([
      "Start Docker Engine in the background; it keeps running afterwards.",
    ]);
  });

  it("only installs the client where a daemon runs without one", () => {
    expect(planEngine({ ...blank, installed: true, running: true, client: false })).toEqual([
      "Install the docker command with apt-get.",
    ]);
  });

  it("is empty if a daemon answers, wherever it is", () => {
    expect(planEngine(answering)).toEqual([]);
    expect(planEngine({ ...answering, installed: false, endpoint: "ssh://root@host" })).toEqual([]);
  });

  it("is empty if there is an obstacle", () => {
    expect(planEngine({ ...blank, endpoint: "tcp://127.0.0.1:1" })).toEqual([]);
  });
});

describe("obstacle", () => {
  it("is none on a machine with apt-get, nor if a daemon answers", () => {
    expect(obstacle(blank)).toBeUndefined();
    expect(obstacle(answering)).toBeUndefined();
  });

  it("leaves a daemon elsewhere to the user", () => {
    const state = { ...blank, endpoint: "tcp://127.0.0.1:1", reason: "connection refused" };
    expect(obstacle(state)).toBe(
      "Docker does not answer at tcp://127.0.0.1:1 (connection refused); start it there, or unset DOCKER_HOST and run `docker context use default`",
    );
  });

  it("tells a user without permission how to get it", () => {
    const state = {
      ...blank,
      installed: true,
      running: true,
      reason: "permission denied while trying to connect",
    };
    expect(obstacle(state)).toBe(
      "Docker runs, but this user may not use it; run `sudo usermod -aG docker $USER` and log in again",
    );
  });

  it("names who can help where this user cannot become root", () => {
    expect(obstacle({ ...blank, root: "no" })).toBe(
      "Docker Engine is missing, and this user may not install it, because there is no sudo for this user; have root install it as https://docs.docker.com/engine/install/ says and run `usermod -aG docker <user>`, then log in again",
    );
    expect(obstacle({ ...blank, installed: true, root: "no" })).toBe(
      "Docker Engine does not run, and this user may not start it, because there is no sudo for this user; start it as root: `systemctl start docker`",
    );
    expect(obstacle({ ...blank, root: "asks" })).toBeUndefined();
  });

  it("names Docker's instructions where there is no apt-get", () => {
    expect(obstacle({ ...blank, apt: false })).toBe(
      "Docker Engine is missing and Backline installs it on Debian and Ubuntu only; install it as https://docs.docker.com/engine/install/ says and start it",
    );
  });

  it("refuses a daemon that cannot hold containers to their limits", () => {
    expect(obstacle({ ...answering, limits: false })).toBe(
      "Docker cannot hold containers to memory and CPU limits, because the kernel's memory or cpu control group is off; boot with cgroup_enable=memory and restart Docker",
    );
  });
});
