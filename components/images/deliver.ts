import { labels } from "../shared/names";
import { commandLine, quote } from "../shared/shell";
import { refuse, sshDestination } from "../shared/ssh";
import { type Delivery, registryHost } from "./plan";

/**
 * Lines for an operator's script that bring a stack's images from this machine to its host, or to where its host pulls
 * them from. What the host has is neither built nor sent; with nothing to do they ask the host once and end.
 */
export function deliveryScript(delivery: Delivery): string {
  const work = delivery.outcome === "push" ? pushing(delivery) : [];
  // The script itself comes over standard input, which nothing in it may read.
  return [
    "{",
    ...looking(delivery),
    ...building(delivery),
    ...work,
    ...sending(delivery),
    "} < /dev/null",
  ].join("\n");
}

/**
 * Content of an image as every Docker gives it. Ids differ between engines: containerd's store names an image by its
 * manifest, the older one by its configuration.
 */
const content = "{{.Created}}{{json .RootFS.Layers}}";

/**
 * Prints the architecture of the Docker that it runs beside, then `<reference> <content>` of each of its arguments that
 * is there. Without a single quote, so that it can stand in some.
 */
const look = [
  "docker version --format {{.Server.Arch}} || exit 1",
  "for image; do",
  `  docker image inspect --format "$image ${content}" "$image" 2> /dev/null || true`,
  "done",
].join("\n");

const destination = ({ ssh }: Delivery): string =>
  ssh === undefined ? "this machine" : sshDestination(ssh, "shared");

/** What is where, and how to ask. */
function looking(delivery: Delivery): string[] {
  const { ssh, sent, built } = delivery;
  const where = destination(delivery);
  return [
    ...(ssh === undefined ? [refuse] : []),
    `images=${quote([...sent, ...built.map(({ reference }) => reference)].join(" "))}`,
    `look='${look}'`,
    'look_here() { sh -c "$look" look $images; }',
    `look_there() { on_host "sh -c '$look' look $images"; }`,
    `there=$(look_there) || refuse ${quote(`Docker on ${where} does not answer, as the lines above say`)}`,
    // A machine without Docker is good enough where nothing has to come from it.
    "here=$(look_here 2> /dev/null) || here=",
    `line() { printf '%s\\n' "$1" | awk -v image="$2" '$1 == image'; }`,
    'has() { [ -n "$(line "$1" "$2")" ]; }',
    "architecture() { printf '%s\\n' \"$1\" | head -n 1; }",
    'need_docker() { [ -n "$here" ] || refuse "Docker on this machine does not answer, and $1 has to come from it; start it, or $2"; }',
  ];
}

function building({ stack, built }: Delivery): string[] {
  if (built.length === 0) return [];
  const command = `docker build --quiet --force-rm $platform --label ${quote(`${labels.stack}=${stack}`)} --tag "$1" "$2"`;
  return [
    "build() {",
    '  need_docker "$1" "write images.bundled: build"',
    // Nothing runs while these images are built, so that another architecture is no obstacle.
    "  platform=",
    '  [ "$(architecture "$here")" = "$(architecture "$there")" ] || platform="--platform linux/$(architecture "$there")"',
    '  echo "building $1"',
    // The classic builder needs neither a plugin nor a registry; an engine that has lost it has the other one.
    `  said=$(DOCKER_BUILDKIT=0 ${command} 2>&1) || said=$(${command} 2>&1) || {`,
    "    printf '%s\\n' \"$said\" >&2",
    '    refuse "Docker on this machine cannot build $1, as the lines above say"',
    "  }",
    "}",
  ];
}

function pushing({ ssh, built }: Delivery): string[] {
  const registry = registryHost(built[0]?.reference ?? "") ?? "";
  return [
    "push() {",
    // What the host has pulled is there. On this machine it may be what an interrupted run has built.
    ...(ssh === undefined ? [] : ['  if has "$there" "$1"; then return 0; fi']),
    '  if docker manifest inspect "$1" > /dev/null 2>&1; then return 0; fi',
    '  has "$here" "$1" || build "$1" "$2"',
    '  echo "pushing $1"',
    `  docker push --quiet "$1" > /dev/null || refuse "$1 cannot be pushed, as the lines above say; sign in with: docker login ${registry}"`,
    // The host pulls its own copy.
    ...(ssh === undefined ? [] : ['  docker image rm "$1" > /dev/null']),
    "}",
    ...built.map(({ reference, directory }) => commandLine(["push", reference, directory])),
  ];
}

/** One archive for all that the host lacks: layers that images share travel once. */
function sending(delivery: Delivery): string[] {
  const { ssh, sent, outcome } = delivery;
  const built = outcome === "send" ? delivery.built : [];
  if (ssh === undefined || sent.length + built.length === 0) return [];
  const where = destination(delivery);
  return [
    "wanted=",
    ...(sent.length === 0
      ? []
      : [...choosing(where), ...sent.map((image) => commandLine(["choose", image]))]),
    ...(built.length === 0
      ? []
      : [
          "bring() {",
          '  if has "$there" "$1"; then return 0; fi',
          '  has "$here" "$1" || build "$1" "$2"',
          '  wanted="$wanted $1"',
          "}",
        ]),
    ...built.map(({ reference, directory }) => commandLine(["bring", reference, directory])),
    '[ -n "$wanted" ] || exit 0',
    `echo ${quote(`sending to ${where}:`)}`,
    "for image in $wanted; do",
    `  echo "  $image, $(($(docker image inspect --format '{{.Size}}' "$image") / 1000000)) MB unpacked"`,
    "done",
    // A processor compresses faster than most links carry; zstd takes a fifth of gzip's time, where both ends have it.
    'pack="gzip -1" unpack="gzip -dc"',
    "if command -v zstd > /dev/null && on_host 'command -v zstd' > /dev/null 2>&1; then",
    '  pack="zstd -q -1 -T0 -c" unpack="zstd -q -dc"',
    "fi",
    `docker save $wanted | $pack | on_host "$unpack | docker load" || refuse ${quote(`the images were not sent to ${where}, as the lines above say; the next run begins with them again`)}`,
    // The end of a pipe says nothing of its beginning: what counts is what the host has now.
    "here=$(look_here) there=$(look_there)",
    "for image in $wanted; do",
    `  [ "$(line "$here" "$image")" = "$(line "$there" "$image")" ] || refuse "${where} did not get $image whole, as the lines above say; the next run begins with it again"`,
    "done",
    // Only what runs on the host is of use: the next release is other images.
    ...built.map(({ reference }) => `docker image rm ${quote(reference)} > /dev/null 2>&1 || true`),
  ];
}

/** A third-party image is sent if the host lacks it or has another under its name. */
function choosing(where: string): string[] {
  return [
    "choose() {",
    '  if has "$there" "$1"; then',
    '    if ! has "$here" "$1" || [ "$(line "$here" "$1")" = "$(line "$there" "$1")" ]; then return 0; fi',
    "  fi",
    '  need_docker "$1" "write images.source: registry"',
    `  has "$here" "$1" || refuse "neither ${where} nor this machine has $1; ./backline up --toolchain registry builds it here, docker load takes it from a file, and with images.source: registry the host pulls it"`,
    `  [ "$(architecture "$here")" = "$(architecture "$there")" ] || refuse "$1 is here for $(architecture "$here"), and ${where} is $(architecture "$there"); write images.source: registry, and the host pulls it"`,
    '  wanted="$wanted $1"',
    "}",
  ];
}
