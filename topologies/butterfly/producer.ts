import type { Source } from "zpipe";

const producer: Source<number> = function* () {
  const { FIRST = "1", LAST = "10000" } = process.env;
  for (let number = Number(FIRST); number <= Number(LAST); number++) yield number;
};

export default producer;
