import { scatter } from "zpipe";
import type { Piece } from "./count.js";

interface Request {
  below: number;
  pieces: number;
}

/** Each value that is scattered becomes a job of its own, for whichever worker of `count` is free first. */
export default ({ below, pieces }: Request) => {
  const size = Math.ceil(below / pieces);
  const list: Piece[] = [];
  for (let from = 0; from < below; from += size) list.push({ from, to: Math.min(from + size, below) });
  return scatter("count", list);
};
