// The map as Mermaid, for people.

import type { SystemMap } from "../reactions/map.ts";

/** More than so many functions in one drawing can't be followed: then each has one of its own. */
const MAX_FUNCTIONS_TOGETHER = 12;

const id = (kind: string, name: string): string => `${kind}_${name.replace(/\W/g, "_")}`;
const command = (name: string): string => `${id("c", name)}[${name}]`;
const event = (name: string): string => `${id("e", name)}([${name}])`;
const view = (name: string): string => `${id("v", name)}[(${name})]`;
const functionNode = (name: string): string => `${id("f", name)}{{${name}}}`;

/** Commands, the events that they come to, and the views that show them. */
export function drawEvents({ events }: SystemMap): string {
  return drawing(
    events.flatMap(({ type, commands, views }) => [
      ...commands.map((name) => `${command(name)} --> ${event(type)}`),
      ...views.map((name) => `${event(type)} --> ${view(name)}`),
    ]),
  );
}

/** Events, the functions that react to them, and the commands that these answer. */
export function drawFunctions({ functions }: SystemMap): readonly string[] {
  const edges = functions.map(({ name, reactsTo, sends }) => [
    ...reactsTo.map((type) => `${event(type)} --> ${functionNode(name)}`),
    ...sends.map((sent) => `${functionNode(name)} --> ${command(sent)}`),
  ]);
  return functions.length > MAX_FUNCTIONS_TOGETHER ? edges.map(drawing) : [drawing(edges.flat())];
}

/** Everything in one. */
export function drawAll(map: SystemMap): string {
  return [drawEvents(map), ...drawFunctions(map)].join("\n\n");
}

function drawing(edges: readonly string[]): string {
  return ["```mermaid", "flowchart LR", ...edges.map((edge) => `  ${edge}`), "```"].join("\n");
}
