// The documents that the real Workers serve, judged by tools that nobody here wrote.

import { readFile } from "node:fs/promises";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectralCore, { type RulesetDefinition } from "@stoplight/spectral-core";
import spectralRulesets from "@stoplight/spectral-rulesets";
import { afterAll, beforeAll, expect, it } from "vitest";
import { breakingChanges } from "../../src/tools/breaking-changes.ts";
import { System } from "./system.ts";

const { Spectral } = spectralCore;
// To its types, a ruleset without rules of others says so.
const OAS = { ...spectralRulesets.oas, extends: [] };
const ASYNCAPI = { ...spectralRulesets.asyncapi, extends: [] };

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

const documentAt = async (path: string): Promise<string> => JSON.stringify((await system.get(path)).body);

async function spectralFindings(document: string, ruleset: RulesetDefinition) {
  const spectral = new Spectral();
  spectral.setRuleset(ruleset);
  const findings = await spectral.run(document);
  return findings.map(({ code, path, message }) => `${code} ${path.join("/")}: ${message}`);
}

async function redoclyFindings(source: string) {
  const findings = await lintFromString({ source, config: await createConfig({ extends: ["recommended"] }) });
  return findings.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
}

it("the OpenAPI document passes Spectral's and Redocly's recommended rules without a warning", async () => {
  const document = await documentAt("/openapi.json");
  expect(await spectralFindings(document, { extends: [[OAS, "recommended"]] })).toEqual([]);
  expect(await redoclyFindings(document)).toEqual([]);
});

it("the AsyncAPI document passes them, too", async () => {
  const document = await documentAt("/asyncapi.json");
  // Who runs the service has an address of its own; the project does not.
  const rules = { "asyncapi-info-contact-properties": "off" } as const;
  expect(await spectralFindings(document, { extends: [[ASYNCAPI, "recommended"]], rules })).toEqual([]);
  expect(await redoclyFindings(document)).toEqual([]);
});

it("no client of the committed document is broken, and the document is the one that is served", async () => {
  const committed: unknown = JSON.parse(await readFile("docs/openapi.json", "utf8"));
  const { body: served } = await system.get("/openapi.json");
  expect(breakingChanges(committed, served)).toEqual([]);
  // Where this alone fails: `npm run openapi`.
  expect(served).toEqual(committed);
});

it("what holds answers against the contract would find something", () => {
  const findings = (status: number, body: unknown, headers: Record<string, string>) =>
    system.againstContract("GET", "/v1/status-totals", { status, body, headers: new Headers(headers) });
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", "Served-From": "view" };
  expect(findings(418, {}, headers)).toEqual(["status 418"]);
  expect(findings(200, "", { "Content-Type": "text/plain" })).toEqual([
    "no Served-From",
    "no Cache-Control",
    "text/plain, not application/json",
  ]);
  const counts = { ACCOUNT_PENDING: 0, ACCOUNT_CONFIRMED: 0, ACCOUNT_ACTIVE: 0 };
  const totals = { ...counts, ACCOUNT_SUSPENDED: 0, ACCOUNT_ARCHIVED: 0, ACCOUNT_CLOSED: 0 };
  const body = { totals, accounts: 0, _links: { self: { href: "/v1/status-totals" } } };
  expect(findings(200, body, headers)).toEqual([]);
  expect(findings(200, { ...body, secret: 1 }, headers)).toHaveLength(1);
  expect(findings(200, { ...body, accounts: "0" }, headers)).toHaveLength(1);
  expect(findings(200, { ...body, totals: counts }, headers)).toHaveLength(3);
});

it("the rules would find something", async () => {
  const document = JSON.stringify({ openapi: "3.1.1", info: { title: "None", version: "1" }, paths: {} });
  expect(await spectralFindings(document, { extends: [[OAS, "recommended"]] })).not.toEqual([]);
  expect(await redoclyFindings(document)).not.toEqual([]);
});
