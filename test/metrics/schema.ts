import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const schema = JSON.parse(readFileSync(new URL("../../docs/snapshot.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

/** What is wrong with a snapshot, as it travels: places and reasons. */
export function notOfSchema(snapshot: unknown): readonly string[] {
  validate(JSON.parse(JSON.stringify(snapshot)));
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
