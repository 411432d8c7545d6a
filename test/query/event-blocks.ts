// Server-sent events as a client reads them: only what the format says, from chunks cut anywhere.

export interface Block {
  readonly id: number | null;
  /** Null where the block is no event. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an item is the test's own claim
  readonly data: any;
}

export class BlockReader {
  #rest = "";

  /** The blocks that end in this chunk. */
  read(chunk: string): Block[] {
    const texts = (this.#rest + chunk).split("\n\n");
    this.#rest = texts.pop() ?? "";
    return texts.map((text) => {
      const fields = new Map(text.split("\n").map((line) => splitOnce(line)));
      const [id, data] = [fields.get("id"), fields.get("data")];
      return {
        id: id === undefined ? null : Number(id),
        data: data === undefined ? null : JSON.parse(data),
      };
    });
  }
}

function splitOnce(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}
