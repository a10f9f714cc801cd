/** The keys that a person presses: one by one on a terminal, and the characters of a pipe or a file elsewhere. */

export interface Keyboard {
  keys: () => AsyncIterable<string>;
  /** Shows what is being typed, on a terminal, in place of what it showed before. */
  echo: (text: string) => void;
  /** Leaves the line that was being typed on. */
  settle: () => void;
  /** Gives the terminal back as it was. */
  close: () => void;
}

export function openKeyboard(stream: NodeJS.ReadStream = process.stdin): Keyboard {
  const raw = stream.isTTY;
  if (raw) stream.setRawMode(true);
  stream.setEncoding("utf8");
  let echoed = false;
  return {
    async *keys() {
      // An arrow or another key that has no character comes as one piece that begins with Escape: it is one key.
      for await (const chunk of stream as AsyncIterable<string>)
        if (chunk.length > 1 && chunk.startsWith("\u001b")) yield "\u001b";
        else yield* chunk;
    },
    echo(text) {
      if (raw) process.stderr.write(`\r\u001b[2K  > ${text}`);
      echoed = raw;
    },
    settle() {
      if (echoed) process.stderr.write("\n");
      echoed = false;
    },
    close() {
      if (raw) stream.setRawMode(false);
      stream.pause();
    },
  };
}
