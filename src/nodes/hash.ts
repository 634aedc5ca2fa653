/**
 * FNV-1a over the text's code units (http://www.isthe.com/chongo/tech/comp/fnv/).
 * @param seed mixed into its start
 * @returns 32 bits
 */
export function hash(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
