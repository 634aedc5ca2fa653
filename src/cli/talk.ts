let held: string[] | undefined;

/** A line for people, on stderr. */
export function talk(text: string): void {
  if (held === undefined) process.stderr.write(`${text}\n`);
  else held.push(text);
}

/** The terminal shows something else: what is said waits until the returned function is called. */
export function holdTalk(): () => void {
  held ??= [];
  return () => {
    const lines = held ?? [];
    held = undefined;
    for (const line of lines) talk(line);
  };
}

/** Where the nodes' lines are shown, unless the terminal shows something else; then they are only in the log. */
export const echo = {
  write: (text: string): void => {
    if (held === undefined) process.stderr.write(text);
  },
};

export function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR;
}
