/** Colours say nothing that is lost without them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const COLOUR = /\u001b\[[\d;:]*m/g;

/** What moves the cursor, changes the terminal, or turns the direction of what follows; tabs and line ends are text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text with nothing in it that could act on a terminal: colours are left out, the rest is shown as `\x1b`. */
export function printable(text: string): string {
  return text.replace(COLOUR, "").replace(CONTROL, show);
}

const LONGEST_NAME = 100;

/** A name that goes into the log and into answers, and comes from whoever has connected: one line, and not a long one. */
export function printableName(name: string): string {
  return printable(name.slice(0, LONGEST_NAME).replace(/\s/g, " ")).replace(/\p{C}/gu, "?");
}

/** JSON that is the same when it is read, and cannot act on a terminal. */
export function printableJson(json: string): string {
  return json.replace(CONTROL, (character) => `\\u${hex(character, 4)}`);
}

function show(character: string): string {
  return character < "\u0100" ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}
