import difference from "../../workers/difference.js";
import square from "../../workers/square.js";
import sum from "../../workers/sum.js";

/** All of it in one worker. */
export default (job: { n: (number | bigint)[] }) => difference({ sum: sum(job), square: square(job) });
