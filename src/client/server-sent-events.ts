// Reading a stream of server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

/** A block of the stream. One without data carries the place all the same. */
interface Message {
  readonly id: string | null;
  readonly data: string | null;
}

/** Ends when the stream ends, however that comes about. `onSilence` is called where nothing came for so long. */
export async function* messagesOf(
  body: ReadableStream<Uint8Array>,
  onSilence: () => void,
  silenceLimitMs: number,
): AsyncGenerator<Message, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const silence = setTimeout(onSilence, silenceLimitMs);
      const chunk = await reader.read().catch(() => null);
      clearTimeout(silence);
      if (chunk === null || chunk.done) return;
      // A line may end in two characters, of which only one has come.
      text = (text + decoder.decode(chunk.value, { stream: true })).replace(/\r\n|\r(?!$)/g, "\n");
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      yield* blocks.map(messageOf);
    }
  } finally {
    // Whoever stops reading leaves no connection behind.
    reader.cancel().catch(() => {});
  }
}

function messageOf(block: string): Message {
  let id: string | null = null;
  const data: string[] = [];
  for (const line of block.split("\n")) {
    // Of any character: a text may have what JavaScript takes for the end of a line (U+2028), and JSON leaves as it is.
    const [, field, value = ""] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "id") id = value;
    if (field === "data") data.push(value);
  }
  return { id, data: data.length === 0 ? null : data.join("\n") };
}
