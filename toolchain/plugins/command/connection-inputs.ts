import { asSecret, isObject, isSecret, type Properties, type Value } from "../shared/values";

/** Defaults of every endpoint. */
const DEFAULTS: Properties = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

/** Inputs with the connection's defaults filled in, and the whole connection marked as secret. */
export function withConnection(inputs: Properties): Properties {
  const { connection } = inputs;
  return connection === undefined || connection === null
    ? inputs
    : { ...inputs, connection: asSecret(withDefaults(connection)) };
}

function withDefaults(connection: Value): Value {
  const endpoint = isSecret(connection) ? (connection.value ?? null) : connection;
  if (!isObject(endpoint)) {
    return endpoint;
  }
  const { proxy } = endpoint;
  return {
    ...DEFAULTS,
    ...Object.fromEntries(Object.entries(endpoint).filter(([, value]) => value !== null)),
    ...(isObject(proxy) ? { proxy: withDefaults(proxy) } : {}),
  };
}
