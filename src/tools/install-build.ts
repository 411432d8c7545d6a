// Puts a finished build of the console to where the edge serves it from, while others may be doing the same.

import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** It names the other files, each of which is named by what is in it. */
export const PAGE = "index.html";

/**
 * What a build does not have is an older one's, unless it is younger than this: then it may be of a build beside this one,
 * from other sources, whose page comes next. It stays until a later build.
 */
const BESIDE_MS = 10 * 60_000;

/** Both folders are on one disk. Whichever page is there, and whenever, all that it names is there. */
export async function installBuild(workshop: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const files = await readdir(workshop);
  for (const file of files.toSorted((one) => (one === PAGE ? 1 : -1))) {
    await rename(join(workshop, file), join(target, file));
  }
  for (const file of await readdir(target)) {
    if (!files.includes(file) && (await isOld(join(target, file))))
      await rm(join(target, file), { force: true });
  }
}

/** What another build took away meanwhile is not there to be old. */
async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs < Date.now() - BESIDE_MS;
}
