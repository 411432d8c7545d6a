// The start page: what this is, what can be read, and how to send a first command.

import { html } from "hono/html";

/** The page brings everything it needs with it. */
export const START_PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const startPage = (origin: string) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tributary</title>
<style>
  :root { color-scheme: light dark; }
  body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; }
  pre { overflow-x: auto; padding: 1rem; border: 1px solid; border-radius: 0.5rem; }
  dt { font-family: ui-monospace, monospace; }
</style>
</head>
<body>
<main>
<h1>Tributary</h1>
<p>An event-sourced account service: commands append events to an account's log, and queries read what the events add
up to.</p>
<h2>Open an account</h2>
<pre><code>curl -X POST -H 'Content-Type: application/json' -d '{"userId": 1}' ${origin}/v1/accounts</code></pre>
<p>The answer links the commands that are legal next.</p>
<h2>Read</h2>
<dl>
<dt><a href="/v1">/v1</a></dt><dd>the root of the API: links to everything else</dd>
<dt><a href="/v1/accounts">/v1/accounts</a></dt><dd>the accounts, newest first</dd>
<dt><a href="/v1/feed">/v1/feed</a></dt><dd>every account's events, in one order</dd>
<dt><a href="/v1/status-totals">/v1/status-totals</a></dt><dd>how many accounts are in each status</dd>
<dt><a href="/v1/operations/status">/v1/operations/status</a></dt><dd>how far the views are, how late, what is parked</dd>
<dt><a href="/docs">/docs</a></dt><dd>the whole API, to read and to try</dd>
<dt><a href="/openapi.json">/openapi.json</a>, <a href="/asyncapi.json">/asyncapi.json</a></dt><dd>the same for programs: requests, and events</dd>
<dt><a href="/health">/health</a></dt><dd>whether each part of the service answers</dd>
</dl>
</main>
</body>
</html>
`;
