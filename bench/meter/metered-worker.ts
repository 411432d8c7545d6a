// A Worker under the meter: its requests, its queue batches and its bindings are counted, and `/meter` tells.

import { Meter } from "./meter.ts";

/** Where the bench reads what was counted since it last did. */
const METER_PATH = "/meter";

interface Worker<Env> {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response>;
  queue?(batch: MessageBatch, env: Env, context: ExecutionContext): Promise<void>;
}

/** One for the whole Worker: its objects run in the same isolate here. */
const meter = new Meter();

for (const level of ["log", "error"] as const) {
  const write = console[level];
  console[level] = (line: string) => {
    meter.countLine(line);
    write(line);
  };
}

/** `isPublic`: whether requests come from outside, where they are billed. */
export function metered<Env extends object>(worker: Worker<Env>, isPublic: boolean) {
  return {
    async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
      const { pathname } = new URL(request.url);
      if (pathname === METER_PATH) return Response.json(meter.take());
      if (isPublic) meter.count("workerRequests");
      meterBindings(env);
      return worker.fetch(request, env, context);
    },
    async queue(batch: MessageBatch, env: Env, context: ExecutionContext): Promise<void> {
      meter.count("workerRequests");
      meterBindings(env);
      await worker.queue?.(batch, env, context);
    },
  };
}

/** Before an object's constructor does anything. */
export function meterObject({ storage }: DurableObjectState, env: object): void {
  meter.meterStorage(storage);
  meterBindings(env);
}

function meterBindings(env: object): void {
  for (const binding of Object.values(env)) {
    if (isDatabase(binding)) meter.meterDatabase(binding);
    else if (isQueue(binding)) meter.meterQueue(binding);
  }
}

/** Counts each call of an object's methods, and what its storage is asked for. */
export function meterObjects(objects: { readonly prototype: object }): void {
  for (const name of Object.getOwnPropertyNames(objects.prototype)) {
    const method: unknown = Reflect.get(objects.prototype, name);
    if (name === "constructor" || typeof method !== "function") continue;
    Object.defineProperty(objects.prototype, name, {
      configurable: true,
      value(this: unknown, ...args: unknown[]): unknown {
        meter.count("objectRequests");
        return Reflect.apply(method, this, args);
      },
    });
  }
}

function isDatabase(binding: unknown): binding is D1Database {
  return isObject(binding) && hasMethods(binding, "prepare", "batch");
}

function isQueue(binding: unknown): binding is object {
  return isObject(binding) && hasMethods(binding, "send", "sendBatch");
}

function isObject(binding: unknown): binding is object {
  return typeof binding === "object" && binding !== null;
}

/** By its kind: a service that is called over RPC seems to have whatever method it is asked for. */
function hasMethods(binding: object, ...names: readonly string[]): boolean {
  const kind: object = Object.getPrototypeOf(binding) ?? {};
  return names.every((name) => Object.hasOwn(kind, name));
}
