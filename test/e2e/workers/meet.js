const parties = new Map();

/** Answers all of a party when the last of it has come: only if so many are in hand at a time, it ends. */
export default ({ party, size }) =>
  new Promise((resolve) => {
    const waiting = [...(parties.get(party) ?? []), resolve];
    parties.set(party, waiting);
    if (waiting.length === size) for (const [seat, go] of waiting.entries()) go({ seat });
  });
