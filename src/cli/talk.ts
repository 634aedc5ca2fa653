/** A line for people, on stderr. */
export function talk(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR;
}
