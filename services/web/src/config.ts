/** Where the platform is: what the same build is told by the server that it comes from. */
export interface Config {
  /** URL of the API, without a final slash. */
  readonly api: string;
  /** URL of the WebSocket server. */
  readonly socket: string;
}

/** Reads `/config.json`. Throws an error with a text for the operator where it is not what it should be. */
export async function loadConfig(fetchConfig: () => Promise<Response>): Promise<Config> {
  const response = await fetchConfig();
  const config: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  const { api, socket } = Object(config) as Partial<Record<keyof Config, unknown>>;
  if (
    typeof api !== "string" ||
    !/^https?:\/\//.test(api) ||
    typeof socket !== "string" ||
    !/^wss?:\/\//.test(socket)
  )
    throw new Error(
      '/config.json does not name the platform: it must be {"api": "https://...", "socket": "wss://..."}',
    );
  return { api: api.replace(/\/+$/, ""), socket };
}
