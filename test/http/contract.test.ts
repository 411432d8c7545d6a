import type { Hono } from "hono";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { TRANSITION_NAMES } from "../../src/account/commands.ts";
import { contract as command } from "../../src/command/contract.ts";
import { createCommandApp } from "../../src/command/routes.ts";
import type { HttpEnv } from "../../src/http/app.ts";
import { contract as processor } from "../../src/processor/contract.ts";
import { operationsRoutes } from "../../src/processor/operations.ts";
import { addSubscriptionRoutes } from "../../src/processor/subscriptions/routes.ts";
import { contract as query } from "../../src/query/contract.ts";
import { queryRoutes } from "../../src/query/routes.ts";

const contractSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** What every part answers to the edge alone. */
const INTERNAL = ["/health", "/openapi.json", "/asyncapi.json"];

function routesOf<Bindings extends object>(app: Hono<HttpEnv<Bindings>>): string[] {
  const routes = app.routes
    .filter(({ method, path }) => method !== "ALL" && !INTERNAL.includes(path))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  // One route takes every command that there is.
  return [
    ...new Set(
      routes.flatMap((route) =>
        route.endsWith("/{command}")
          ? TRANSITION_NAMES.map((name) => route.replace("{command}", name))
          : [route],
      ),
    ),
  ].toSorted();
}

function describedIn(contract: object): string[] {
  return Object.entries(contractSchema.parse(contract).paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .toSorted();
}

describe("each part's contract", () => {
  it("describes every route of its Worker, and none besides", () => {
    expect(describedIn(command)).toEqual(routesOf(createCommandApp()));
    expect(describedIn(query)).toEqual(routesOf(queryRoutes()));
    expect(describedIn(processor)).toEqual(routesOf(addSubscriptionRoutes(operationsRoutes())));
  });

  it("calls the same thing by the same name as the others do", () => {
    const said = new Map<string, unknown>();
    for (const contract of [command, query, processor]) {
      for (const [kind, components] of Object.entries(contractSchema.parse(contract).components)) {
        for (const [name, component] of Object.entries(components)) {
          const key = `${kind}/${name}`;
          expect([key, component]).toEqual([key, said.get(key) ?? component]);
          said.set(key, component);
        }
      }
    }
    expect(said.has("schemas/Account")).toBe(true);
  });
});
