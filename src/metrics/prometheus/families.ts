import type { Family } from "./family.js";
import { nodeFamilies } from "./node-families.js";
import { runFamilies } from "./run-families.js";
import { stageFamilies } from "./stage-families.js";

/** Every metric, in the order in which they are told. */
export const FAMILIES: readonly Family[] = [...runFamilies, ...stageFamilies, ...nodeFamilies];
