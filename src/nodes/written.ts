/** Resolves when all that was written to standard output and error has left, or when nobody reads it any more. */
export async function allWritten(): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
