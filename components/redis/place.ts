/** Names by which everything else finds Redis, and where its data are inside its container. */
export const redis = { host: "redis", port: 6379, data: "/data" } as const;
