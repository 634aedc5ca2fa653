/** Where zpipe's own modules are. */
const OWN = new URL("..", import.meta.url).href;

/** The stack without the frames of Node and of zpipe: what is left is what the user has written. Whole, if nothing is. */
export function usersStack(error: Error): string {
  const stack = error.stack ?? error.message;
  if (!hasUsersFrame(error)) return stack;
  return stack
    .split("\n")
    .filter((line) => !isFrame(line) || isUsers(line))
    .join("\n");
}

/** Whether any of the user's code was at work when the error was made. */
export function hasUsersFrame({ stack = "" }: Error): boolean {
  return stack.split("\n").some((line) => isFrame(line) && isUsers(line));
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

function isUsers(frame: string): boolean {
  return !/\bnode:/.test(frame) && !frame.includes(OWN) && !frame.includes("(<anonymous>)");
}
