import { keptReleases, labels } from "../shared/names";
import { quote } from "../shared/shell";

/**
 * Removes a stack's images but the newest of each service, those that are named, and those that a container uses, which
 * Docker itself keeps. So nothing depends on the order in which an update, or one that failed, lets go of them.
 */
export function tidyScript(stack: string, present: readonly string[]): string {
  const own = `docker image ls --filter ${quote(`label=${labels.stack}=${stack}`)}`;
  return [
    `${own} --format '{{.Repository}}' | grep -vx '<none>' | sort -u | while read -r repository; do`,
    `  ${own} --format '{{.Repository}}:{{.Tag}}' "$repository" | tail -n +${keptReleases + 1} | while read -r image; do`,
    `    case "$image" in ${[...present, "*:'<none>'"].join("|")}) continue ;; esac`,
    '    docker image rm "$image" > /dev/null 2>&1 || true',
    "  done",
    "done",
    `docker image prune --force --filter ${quote(`label=${labels.stack}=${stack}`)} > /dev/null`,
  ].join("\n");
}

/** Removes all images of a stack from the Docker that it runs beside, if there is one. */
export function removeScript(stack: string): string {
  return [
    "command -v docker > /dev/null || exit 0",
    `images=$(docker image ls --quiet --filter ${quote(`label=${labels.stack}=${stack}`)} | sort -u)`,
    '[ -z "$images" ] || docker image rm --force $images > /dev/null || true',
  ].join("\n");
}
