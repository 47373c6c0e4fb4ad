import type { Duplex } from "node:stream";
import { type ConnectConfig, type ServerHostKeyAlgorithm, utils } from "ssh2";
import type { Endpoint } from "./inputs";

/**
 * ssh2's settings for one endpoint.
 * @param sock A connection through a proxy; without it the endpoint's host is dialled.
 * @throws Error when the private key or the host key cannot be read: trying again would not help.
 */
export function sshSettings(endpoint: Endpoint, sock?: Duplex): ConnectConfig {
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  const { password, hostKey } = endpoint;
  return {
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    readyTimeout: endpoint.perDialTimeout * 1_000,
    ...(endpoint.privateKey === undefined
      ? {}
      : privateKeySettings(endpoint.privateKey, endpoint.privateKeyPassword)),
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
    ...(agent === undefined || agent === "" ? {} : { agent }),
    ...(hostKey === undefined ? {} : hostKeySettings(hostKey)),
    ...(sock === undefined ? {} : { sock }),
  };
}

function privateKeySettings(privateKey: string, passphrase: string | undefined): ConnectConfig {
  const parsed = utils.parseKey(privateKey, passphrase);
  if (parsed instanceof Error) {
    throw new Error(`connection.privateKey cannot be used: ${parsed.message}`);
  }
  return { privateKey, ...(passphrase === undefined ? {} : { passphrase }) };
}

const HOST_KEY_ALGORITHMS: Record<string, ServerHostKeyAlgorithm[]> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
};

/** Only the expected key passes, and the server is asked for a key of that kind. */
function hostKeySettings(hostKey: string): ConnectConfig {
  const parsed = utils.parseKey(hostKey);
  const serverHostKey = HOST_KEY_ALGORITHMS[hostKey.trim().split(/\s+/)[0] ?? ""];
  if (parsed instanceof Error || serverHostKey === undefined) {
    throw new Error('connection.hostKey cannot be read; write it as in known_hosts: "ssh-ed25519 AAAA..."');
  }
  const expected = parsed.getPublicSSH();
  return {
    hostVerifier: (offered: Buffer) => offered.equals(expected),
    algorithms: { serverHostKey },
  };
}
