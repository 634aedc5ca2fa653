import { describe, expect, test } from "vitest";
import { around, mistakesIn, topologyOf } from "./support.js";

const withDiscovery = (keys: string, stage = "") => around({ stage, rest: `[discovery]\n${keys}` });

async function discoveryOf(keys: string) {
  return (await topologyOf(withDiscovery(keys))).discovery;
}

describe("[discovery]", () => {
  test("is off unless it is there, and then for this machine only", async () => {
    expect((await topologyOf(around({}))).discovery).toBeUndefined();
    expect(await discoveryOf("")).toEqual({
      host: "127.0.0.1",
      port: 0,
      keys: undefined,
      beacon: { port: 5670, intervalMs: 1000 },
      maxWorkers: 256,
    });
  });

  test.each([
    ["tcp://0.0.0.0:5671", "*", 5671],
    ["tcp://*:*", "*", 0],
    ["tcp://eth0:*", "eth0", 0],
    ["tcp://10.0.0.5:65535", "10.0.0.5", 65_535],
    ["tcp://localhost:1", "127.0.0.1", 1],
  ])("listens at %s", async (listen, host, port) => {
    expect(await discoveryOf(`listen = "${listen}"\nkeys = "keys"`)).toMatchObject({ host, port, keys: "/t/keys" });
  });

  test("sends beacons as it is told, or none", async () => {
    expect(await discoveryOf('beacon_port = 9\ninterval = "250ms"\nmax_workers = 3')).toMatchObject({
      beacon: { port: 9, intervalMs: 250 },
      maxWorkers: 3,
    });
    expect(await discoveryOf("beacon = false")).toMatchObject({ beacon: undefined });
  });

  test("may leave all the work to others", async () => {
    const { stages } = await topologyOf(withDiscovery("", "workers = 0"));
    expect(stages[0]!.workers).toEqual({ min: 0, max: 0, initial: 0 });
    expect(await mistakesIn(around({ stage: "workers = 0" }))).toEqual([
      "main.toml:7:11: workers must be a whole number from 1 to 1024, not 0",
    ]);
  });

  test.each([
    [
      'listen = "tcp://0.0.0.0:*"',
      '12:10: [discovery] without keys listens on loopback only, not on "*": anybody could join (make keys with `zpipe keys init keys`, and say keys = "./keys")',
    ],
    [
      'listen = "tcp://1.2.3.400:1"',
      '12:10: listen must be an address such as "tcp://0.0.0.0:5671", "tcp://eth0:*" (an interface, any free port), not "tcp://1.2.3.400:1"',
    ],
    ['interval = "1ms"', '12:12: interval must be a duration of 100ms or longer, such as "1s", not "1ms"'],
    ["beacn = true", '12:1: unknown key "beacn" in [discovery]; did you mean "beacon"?'],
    ["max_workers = 0", "12:15: max_workers must be a whole number from 1 to 10000, not 0"],
  ])("says of %s what is wrong", async (keys, mistake) => {
    expect(await mistakesIn(withDiscovery(keys))).toEqual([`main.toml:${mistake}`]);
  });

  test("wants its name for itself", async () => {
    const text = withDiscovery("").replaceAll('"a"', '"gate"').replace("[stages.a]", "[stages.gate]");
    expect(await mistakesIn(text)).toEqual([
      'main.toml:5:1: nothing can be called "gate" beside [discovery]: that is the node that lets others in',
    ]);
  });
});
