// A small order service, of another team: it speaks only HTTP with this one. Orders refer to accounts; those of an account
// that is not active are held. It keeps its data in files, so it may be stopped and started at any time.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import * as z from "zod";

const WANTED = ["ACCOUNT_ACTIVATED", "ACCOUNT_SUSPENDED", "ACCOUNT_CLOSED"];

const eventSchema = z.object({ id: z.string(), type: z.enum(WANTED), subject: z.string() });
const subscribedSchema = z.object({ secret: z.string() });

export class OrderService {
  readonly #database: DatabaseSync;
  readonly #port: number;
  #server: Server | null = null;

  constructor(file: string, port: number) {
    this.#port = port;
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, account_number TEXT, status TEXT);
      CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY);
      CREATE TABLE IF NOT EXISTS settings (secret TEXT);`);
  }

  /** Once in its life: it keeps the secret. */
  async subscribe(accountService: URL): Promise<void> {
    const response = await fetch(new URL("/v1/subscriptions", accountService), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ url: `http://localhost:${this.#port}/`, types: WANTED, after: 0 }),
    });
    const { secret } = subscribedSchema.parse(await response.json());
    this.#database.prepare("INSERT INTO settings VALUES (?)").run(secret);
  }

  async start(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      const body = await text(request);
      response.writeHead(this.#take(body, request.headers)).end();
    }).listen(this.#port, "localhost");
    await once(this.#server, "listening");
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    if (this.#server !== null) await once(this.#server, "close");
    this.#server = null;
  }

  place(id: string, accountNumber: string): void {
    this.#database.prepare("INSERT INTO orders VALUES (?, ?, 'open')").run(id, accountNumber);
  }

  status(id: string): unknown {
    return this.#database.prepare("SELECT status FROM orders WHERE id = ?").get(id)?.status;
  }

  /** The event's id and its effect in one transaction, so that an event that comes twice has one effect. */
  #take(body: string, headers: Readonly<Record<string, unknown>>): number {
    const secret = String(this.#database.prepare("SELECT secret FROM settings").get()?.secret);
    const pick = (name: string): [string, string] => [name, String(headers[name])];
    const signature = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(pick);
    new Webhook(secret).verify(body, Object.fromEntries(signature));
    const event = eventSchema.parse(JSON.parse(body));
    this.#database.exec("BEGIN");
    const { changes } = this.#database.prepare("INSERT OR IGNORE INTO events VALUES (?)").run(event.id);
    if (changes === 1) this.#apply(event);
    this.#database.exec("COMMIT");
    return 204;
  }

  #apply({ type, subject }: z.infer<typeof eventSchema>): void {
    const move = (to: string, from: readonly string[]) =>
      this.#database
        .prepare(
          "UPDATE orders SET status = ? WHERE account_number = ? AND status IN (SELECT value FROM json_each(?))",
        )
        .run(to, subject, JSON.stringify(from));
    if (type === "ACCOUNT_SUSPENDED") move("held", ["open"]);
    if (type === "ACCOUNT_ACTIVATED") move("open", ["held"]);
    if (type === "ACCOUNT_CLOSED") move("cancelled", ["open", "held"]);
  }
}
