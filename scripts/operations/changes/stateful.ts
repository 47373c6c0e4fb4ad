/** Types whose resources hold what cannot be made again: data, or what others were told of. */
const statefulTypes = [
  "docker:index/volume:Volume",
  "cloudflare:index/zone:Zone",
  "vercel:index/project:Project",
];

/** Components whose containers serve data: replacing one is a gap for everybody who needs it. */
const databases = ["backline:postgres:Postgres", "backline:redis:Redis"];

/** Whether a deletion or replacement deserves a second look before it is agreed to. */
export function isStateful(urn: string): boolean {
  const types = (urn.split("::")[2] ?? "").split("$");
  const own = types.at(-1) ?? "";
  if (statefulTypes.includes(own)) return true;
  return (
    own === "docker:index/container:Container" && databases.some((component) => types.includes(component))
  );
}
