// A receiver of webhooks as a plain Node server: it checks who sent an event, drops what it has already, and prints the rest.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? "");
const port = Number(process.env.PORT ?? 3000);

const MAX_BODY_BYTES = 64 * 1024;
const MAX_REMEMBERED = 10_000;

// An event may come twice. Keep the ids where your effects are kept, in one transaction with them: this set is gone
// with the process, which is well for printing and for nothing else.
const seen = new Set();

function handle(event) {
  console.log(`${event.time} ${event.type} ${event.subject} ${JSON.stringify(event.data.data)}`);
}

createServer(async (request, response) => {
  const answer = (status) => response.writeHead(status).end();
  if (request.method !== "POST") return answer(405);
  if (!(Number(request.headers["content-length"]) <= MAX_BODY_BYTES)) return answer(413);

  let event;
  try {
    // The signature is over the bytes as they came: verify first, parse then.
    event = webhook.verify(await text(request), request.headers);
  } catch {
    return answer(401);
  }
  if (seen.has(event.id)) return answer(204);
  handle(event);
  seen.add(event.id);
  if (seen.size > MAX_REMEMBERED) seen.delete(seen.values().next().value);
  // Only now: what is answered otherwise, or not within 10 seconds, comes again.
  answer(204);
}).listen(port, () => console.log(`Waiting for events on port ${port}`));
