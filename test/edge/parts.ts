// Parts for the edge Worker's tests: each says who it is, and remembers what it was asked.

import type { EdgeEnv, Part } from "../../src/edge/parts.ts";
import worker from "../../src/edge/worker.ts";

/** Answers that it is well, and in a header its name, unless the test says how it answers. */
function part(name: string) {
  const requests: Request[] = [];
  const answering: Part = {
    fetch: async (request) => {
      requests.push(request);
      return Response.json({ status: "ok" }, { headers: { "Answered-By": name } });
    },
  };
  return { ...answering, requests };
}

export function parts() {
  return {
    COMMAND: part("command"),
    QUERY: part("query"),
    PROCESSOR: part("processor"),
    ASSETS: part("assets"),
  };
}

/** A part that is not there. */
export const absent: Part = {
  fetch: async () => {
    throw new Error("Worker tributary-secret threw");
  },
};

export const answering = (status: number, body: object = {}): Part => ({
  fetch: async () => Response.json(body, { status }),
});

/** A part that answers nothing until the caller gives up. */
export const silent: Part = {
  fetch: ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
};

export async function request(
  path: string,
  init: RequestInit = {},
  env: EdgeEnv = parts(),
): Promise<Response> {
  return worker.fetch(new Request(`https://tributary.test${path}`, init), env);
}
