import { type Context, reply, type SetupContext } from "zpipe";
import { Tile } from "./tile.js";

interface Point {
  readonly tile: string;
  readonly x: number;
  readonly y: number;
}

/** The one that was not needed for the longest time comes first. */
const tiles = new Map<string, Tile>();
let keep = 0;
let loadMs = 0;

export function setup({ metadata }: SetupContext) {
  keep = Number(metadata.keep);
  loadMs = Number(metadata.load_ms);
}

/** The answer's headers tell who gave it, and whether the tile had to be loaded for it. */
export default async ({ tile: name, x, y }: Point, { worker, advertise }: Context) => {
  const loaded = tiles.get(name);
  const tile = loaded ?? (await Tile.load(name, loadMs));
  tiles.delete(name);
  tiles.set(name, tile);
  for (const oldest of tiles.keys()) if (tiles.size > keep) tiles.delete(oldest);
  advertise({ tiles: [...tiles.keys()] });
  const headers = { "x-worker": worker, "x-tile": loaded ? "at hand" : "loaded" };
  return reply({ x, y, height: tile.heightAt(x, y) }, { headers });
};
