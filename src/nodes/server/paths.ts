/** The methods that each known path answers; asked only when no route took a request. */
export class Paths {
  readonly #patterns: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  add(pattern: string, methods: readonly string[]): void {
    this.#patterns.push({ path: expression(pattern), methods });
  }

  /** Sorted, with what HTTP adds; undefined: the path is unknown. */
  allowed(url: string): readonly string[] | undefined {
    const path = pathOf(url);
    const matching = this.#patterns.filter((pattern) => pattern.path.test(path));
    if (matching.length === 0) return undefined;
    const methods = new Set(matching.flatMap((pattern) => pattern.methods)).add("OPTIONS");
    return [...methods].sort();
  }
}

/** Reads a pattern as the router does: `:name` is all or part of a segment, `*` is the rest. */
function expression(pattern: string): RegExp {
  const source = pattern.replace(/:\w+|\*|[^:*]+|:/g, (piece) => {
    if (piece === "*") return ".*";
    return /^:\w/.test(piece) ? "[^/]*" : piece.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`);
}

/** As it was sent, still encoded, without origin and query. */
export function rawPath(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "") || "/";
}

function pathOf(url: string): string {
  const path = rawPath(url);
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
