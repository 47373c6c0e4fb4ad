/** The page that the address names: `#/rooms/<id>` is a room, anything else the start. */
export type Place = { readonly page: "start" } | { readonly page: "room"; readonly id: string };

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

export function placeOf(hash: string): Place {
  const [, id] = /^#\/rooms\/([^/?#]+)$/.exec(hash) ?? [];
  return id !== undefined && uuid.test(id) ? { page: "room", id: id.toLowerCase() } : { page: "start" };
}

export const hashOf = (place: Place): string => (place.page === "room" ? `#/rooms/${place.id}` : "#/");

/** The id in what somebody was sent: a link to a room, or the id alone. */
export const roomIn = (text: string): string | undefined => uuid.exec(text)?.[0].toLowerCase();
