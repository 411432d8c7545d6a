// A receiver of webhooks as an AWS Lambda function behind a function URL.

import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? "");

// An event may come twice, and another instance may have had it: make the effect one that can be repeated, or remember
// `event.id` where the effect is kept (in DynamoDB: a put with `attribute_not_exists(id)`).
async function handle(event) {
  console.log(JSON.stringify({ id: event.id, type: event.type, account: event.subject, time: event.time }));
}

/** `request` is a function URL's (payload format 2.0). */
export async function handler({ headers, body = "", isBase64Encoded }) {
  // A function URL encodes what is not text to it, and application/cloudevents+json is not.
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body;
  let event;
  try {
    event = webhook.verify(text, headers);
  } catch {
    return { statusCode: 401 };
  }
  // What throws is answered with 502, so the event comes again.
  await handle(event);
  return { statusCode: 204 };
}
