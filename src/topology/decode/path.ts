import type { Kind } from "../kinds.js";

const SEGMENT = /^(?::[A-Za-z_]\w*|[\w.~!$&'+,;=@%-]*)$/;

/** `"/tiles/:z/:x"`: plain segments, or parameters that take a whole segment each. */
export const routePath: Kind<string> = {
  expected: '"/" and segments, such as "/tiles/:z/:x"',
  read: (value) => {
    if (typeof value !== "string" || !value.startsWith("/")) return undefined;
    const plain = value
      .slice(1)
      .split("/")
      .every((segment) => SEGMENT.test(segment));
    const names = paramsOf(value);
    return plain && new Set(names).size === names.length ? value : undefined;
  },
  hint: (value) => (typeof value === "string" && !value.startsWith("/") ? 'a path begins with "/"' : undefined),
};

/** The names of the parameters of a path, in its order. */
export function paramsOf(path: string): readonly string[] {
  return path.split("/").flatMap((segment) => (segment.startsWith(":") ? [segment.slice(1)] : []));
}

/** The same for two paths that no request can tell apart: `/a/:x` and `/a/:y`. */
export function pathShape(path: string): string {
  return path.replace(/:\w+/g, ":");
}
