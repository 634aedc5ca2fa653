import { SIDE } from "./tile.js";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Which tile the point is on. */
export default ({ x, y }: Point) => ({ tile: `${Math.floor(x / SIDE)}/${Math.floor(y / SIDE)}`, x, y });
