/** The prose of docs/websocket.md. */
export const beforeTables: readonly string[] = `# WebSocket protocol

Live messages, presence and progress of jobs come over one WebSocket: \`wss://<site>/ws\`. What is said here is what the
server checks: the tables are made from \`services/contract/frames.ts\`.

Every frame is a text frame with one JSON object, whose \`type\` says what it is. A field that a client's frame does not
know is an error; a client ignores fields and types of the server that it does not know.

## Connecting

A connection begins with an access token of the API. It is never part of the URL, since URLs stand in logs. There are two
ways:

- **As the first frame**, within 5 seconds: \`{"type": "auth", "token": "<access token>"}\`.
- **As a subprotocol**, which saves a round trip: \`new WebSocket(url, ["backline.v1", "token.<access token>"])\`. The server
  chooses \`backline.v1\` and never repeats the token. Frames can be sent as soon as the connection is open.

The server answers \`welcome\`. The connection lasts as long as the token: before it expires, refresh it at
\`POST /v1/auth/refresh\` and send \`auth\` again with the new one; the server answers \`welcome\` again and nothing else changes.
A token of another user, one that is not valid, and the end of the session (signing out) close the connection with 4401.

## Following a room

\`join\` follows a room. A public room is joined by that; a private one must have the user as a member. From \`joined\` on come
all its messages, in the order of \`seq\`, each once, without gaps, whichever server they were posted at. \`seq\` counts
1, 2, 3 ... within the room.

**Resume.** A client remembers the highest \`seq\` that it has seen in each room and sends it as \`after\` when it joins again.
What it has missed comes first, then \`joined\`, then what is new. Where more than 1,000 messages were missed, the last 1,000
come, and \`missed\` says how many before them did not: they are \`after + 1\` to \`after + missed\`, to be read from
\`GET /v1/rooms/<id>/messages?after=<seq>\`. A new client joins without \`after\` and reads what was up to \`joined.seq\` from
there, too.

A join of a room that the connection follows already is answered by \`joined\` and replays nothing. \`leave\` ends the
following and not the membership. When the membership is removed, \`left\` comes by itself.

**Presence.** \`joined\` lists who follows the room; \`presence\` tells when another user's first connection comes or the last one
goes. A user's own connections are told nothing about the user. When a server dies, its users are absent after a minute
and a half at the latest, unless they have come back. While Redis is away presence may be incomplete; it is put right
within half a minute of its return.

**Typing.** \`typing\` goes to the other users in the room. Send it when it changes and every few seconds while it lasts; the
server passes on one a second. Forget it when no further one comes.

## Exactly once

What a client has to do so that every message of its user is posted once and every message of others is seen once:

1. Give each message a new \`key\`, such as a UUID, and keep it until its \`ack\` has come. After a reconnect send those
   without \`ack\` again, in their order, under the same keys: the server stores each key once and answers \`ack\` each time.
2. Resume with \`after\`, and drop a message whose \`seq\` is not higher than the last one of the room.
3. Reconnect by itself: after a random part of 0.5 s at first, of twice as much after each failure, of 30 s at most. With
   1012 the server has spread the closes already: connect at once. With 4401 refresh the token first.
4. Send \`ping\` every 30 s and reconnect when no \`pong\` comes within 10 s: a browser does not see a dead connection otherwise.
5. Read without stopping: a client for which 1 MiB waits is closed with 4413, and resumes.
`.split("\n");

export const afterTables: readonly string[] = `## An example

Lines with \`>\` are the client's, lines with \`<\` the server's; ids are shortened.

\`\`\`
> {"type":"auth","token":"eyJhbGciOi..."}
< {"type":"welcome","user":{"id":"4f1e...","name":"Ada"},"instance":"ws-7f9c"}
> {"type":"join","room":"93a8...","after":41}
< {"type":"message","id":"0c11...","room":"93a8...","seq":42,"user":{"id":"77b0...","name":"Bob"},"body":"Anybody here?","sentAt":"2030-01-02T03:04:05.678Z"}
< {"type":"joined","room":"93a8...","role":"member","seq":42,"missed":0,"present":[{"id":"4f1e...","name":"Ada"},{"id":"77b0...","name":"Bob"}]}
> {"type":"typing","room":"93a8...","typing":true}
> {"type":"message","room":"93a8...","body":"I am.","key":"b3e1"}
< {"type":"ack","room":"93a8...","key":"b3e1","id":"5d2a...","seq":43}
< {"type":"message","id":"5d2a...","room":"93a8...","seq":43,"user":{"id":"4f1e...","name":"Ada"},"body":"I am.","sentAt":"2030-01-02T03:04:06.102Z"}
< {"type":"presence","room":"93a8...","user":{"id":"77b0...","name":"Bob"},"present":false}
> {"type":"message","room":"93a8...","body":""}
< {"type":"error","code":"malformed_frame","detail":"body: Too small: expected string to have >=1 characters","room":"93a8..."}
> {"type":"leave","room":"93a8..."}
< {"type":"left","room":"93a8..."}
\`\`\`

This page is made by \`services/ws/page.ts\`; after a change there or in the contract,
\`UPDATE_GOLDEN=1 npx vitest run --project golden\` writes it anew.
`.split("\n");
