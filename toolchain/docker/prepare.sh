#!/bin/sh
# Run as root before dockerd is started without systemd: removes what a daemon that was ended abruptly left behind, and
# mounts the control groups that Docker needs where the kernel has them and nobody mounted them. Says what it did.
set -eu

# A pid file counts as stale unless its process is the named program: the id can belong to another process by now,
# and Docker would then wait for it for ever.
remove_stale() {
  file=$1
  program=$2
  [ -f "$file" ] || return 0
  id=$(cat "$file")
  # The link has a target only while the process runs, not once it ended and waits to be collected.
  if readlink "/proc/$id/exe" >/dev/null && [ "$(cat "/proc/$id/comm")" = "$program" ]; then
    return 0
  fi
  rm -f "$file"
  echo "removed the stale $file"
}
remove_stale /var/run/docker.pid dockerd
remove_stale /var/run/docker/containerd/containerd.pid containerd

is_mounted() {
  awk -v at="$1" '$2 == at { found = 1 } END { exit !found }' /proc/mounts
}

tree=/sys/fs/cgroup
# The unified hierarchy (version 2) is one mount, and has every controller.
if is_mounted "$tree" && [ -f "$tree/cgroup.controllers" ]; then
  exit 0
fi
if ! is_mounted "$tree"; then
  mount -t tmpfs -o mode=0755 cgroup "$tree"
  echo "mounted $tree"
fi
for controller in memory cpu cpuacct cpuset devices freezer blkio pids; do
  awk -v name="$controller" '$1 == name && $4 == 1 { found = 1 } END { exit !found }' /proc/cgroups || continue
  # Several can share one mount, and an option tells which.
  awk -v name="$controller" '$3 == "cgroup" && ("," $4 ",") ~ ("," name ",") { found = 1 } END { exit !found }' \
    /proc/mounts && continue
  mkdir -p "$tree/$controller"
  if mount -t cgroup -o "$controller" cgroup "$tree/$controller" 2>/dev/null; then
    echo "mounted the control group $controller"
  else
    rmdir "$tree/$controller"
  fi
done
