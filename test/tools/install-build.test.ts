// Builds of the console that are put side by side into the folder that the edge serves.

import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { installBuild } from "../../src/tools/install-build.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "builds-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A page, and the files that it names. */
async function built(name: string, files: readonly string[]): Promise<string> {
  const workshop = join(folder, name);
  await mkdir(workshop);
  await writeFile(join(workshop, "index.html"), files.join(" "));
  for (const file of files) await writeFile(join(workshop, file), `${file} of ${name}`);
  return workshop;
}

it("leaves a page and all that it names, whatever other builds are put there at the same time", async () => {
  const target = join(folder, "target");
  const builds = await Promise.all(
    Array.from({ length: 6 }, (_, each) => {
      const own = Array.from({ length: 20 }, (_file, place) => `screen-${place}-${each}.js`);
      return built(`build-${each}`, ["shared.js", ...own]);
    }),
  );
  await Promise.all(builds.map((workshop) => installBuild(workshop, target)));

  const named = (await readFile(join(target, "index.html"), "utf8")).split(" ");
  expect(named).toHaveLength(21);
  expect(await readdir(target)).toEqual(expect.arrayContaining(named));
});

it("takes away what an older build left", async () => {
  const target = join(folder, "target");
  await installBuild(await built("older", ["shared.js", "gone.js"]), target);
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const file of await readdir(target)) await utimes(join(target, file), longAgo, longAgo);

  await installBuild(await built("newer", ["shared.js", "new.js"]), target);

  expect((await readdir(target)).toSorted()).toEqual(["index.html", "new.js", "shared.js"]);
});
