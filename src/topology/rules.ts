import { discoveryRules } from "./rules/discovery.js";
import { edgeRules } from "./rules/edges.js";
import { presenceRules } from "./rules/presence.js";
import { referenceRules } from "./rules/references.js";
import { routeRules } from "./rules/routes.js";
import type { Rule } from "./rules/rule.js";
import { sampleRules } from "./rules/samples.js";
import { streamRules } from "./rules/streams.js";
import { successionRules } from "./rules/succession.js";
import { testRules } from "./rules/tests.js";

/** What a topology must fulfil beyond the form of its values, in the order in which it is checked. */
export const topologyRules: readonly Rule[] = [
  ...presenceRules,
  ...referenceRules,
  ...edgeRules,
  ...routeRules,
  ...sampleRules,
  ...testRules,
  ...streamRules,
  ...successionRules,
  ...discoveryRules,
];
