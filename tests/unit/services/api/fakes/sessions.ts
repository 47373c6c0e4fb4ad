import type { EndedSessions } from "../../../../../services/runtime/ended-sessions";

export function memoryEndedSessions(): EndedSessions {
  const ended = new Set<string>();
  return {
    has: (id) => ended.has(id),
    end: async (ids) => {
      for (const id of ids) ended.add(id);
    },
    onEnded: () => () => undefined,
    close: () => undefined,
  };
}
