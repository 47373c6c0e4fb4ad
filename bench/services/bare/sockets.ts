/** A `ws` server that sends what it is told to everybody who is connected. */
import { WebSocketServer } from "ws";
import { answerParent } from "../answer";

const server = new WebSocketServer({
  port: Number(process.env.PORT),
  host: "127.0.0.1",
  perMessageDeflate: false,
});
server.on("connection", (publisher, request) => {
  if (request.url !== "/publish") return;
  server.clients.delete(publisher);
  publisher.on("message", (frame) => {
    for (const client of server.clients) client.send(frame, { binary: false });
  });
});
answerParent(async () => undefined);
