import type { LiveSocket, SocketEvents } from "./connection";
import { subprotocol } from "./protocol";

/** Opens the browser's own WebSocket. */
export const browserSocket =
  (url: string) =>
  (events: SocketEvents): LiveSocket => {
    const socket = new WebSocket(url, subprotocol);
    socket.onopen = () => events.opened();
    socket.onmessage = ({ data }) => events.received(data);
    socket.onclose = ({ code }) => events.closed(code);
    return socket;
  };
