import { labels } from "../shared/names";
import { quote } from "../shared/shell";

/** Removes all images of a stack from the Docker that it runs beside, if there is one. */
export function removeScript(stack: string): string {
  return [
    "command -v docker > /dev/null || exit 0",
    `images=$(docker image ls --quiet --filter ${quote(`label=${labels.stack}=${stack}`)} | sort -u)`,
    '[ -z "$images" ] || docker image rm --force $images > /dev/null || true',
  ].join("\n");
}
