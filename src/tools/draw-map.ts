// The map as Mermaid, for people.

import type { SystemMap } from "../reactions/map.ts";

/** More than so many functions in one drawing can't be followed: then each has one of its own. */
const MAX_FUNCTIONS_TOGETHER = 12;

const id = (kind: string, name: string): string => `${kind}_${name.replace(/\W/g, "_")}`;
const command = (name: string): string => `${id("c", name)}[${name}]`;
const event = (name: string): string => `${id("e", name)}([${name}])`;
const view = (name: string): string => `${id("v", name)}[(${name})]`;
const functionNode = (name: string): string => `${id("f", name)}{{${name}}}`;

const INBOX = "inbox[/inbox/]";
/** Who follows the feed: by subscription or by a stream of its own. */
const FOLLOWERS = ["webhooks[/webhook subscriptions/]", "streams[/live streams/]"];

/** Commands, the events that they come to, others' events, the views that show them, and who follows these. */
export function drawEvents({ events }: SystemMap): string {
  const hasFeed = events.some(({ views }) => views.includes("feed"));
  return drawing([
    ...events.flatMap(({ type, commands, views }) => [
      ...commands.map((name) => `${command(name)} --> ${event(type)}`),
      ...(commands.length === 0 && views.length > 0 ? [`${INBOX} --> ${event(type)}`] : []),
      ...views.map((name) => `${event(type)} --> ${view(name)}`),
    ]),
    ...(hasFeed ? FOLLOWERS.map((follower) => `${view("feed")} --> ${follower}`) : []),
  ]);
}

/** Events, the functions that react to them, and the commands that these answer. Events of others come by the inbox. */
export function drawFunctions({ events, functions }: SystemMap): readonly string[] {
  const isOthers = (type: string): boolean =>
    events.some((known) => known.type === type && known.commands.length === 0);
  const edges = functions.map(({ name, reactsTo, sends }) => [
    ...reactsTo.filter(isOthers).map((type) => `${INBOX} --> ${event(type)}`),
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
