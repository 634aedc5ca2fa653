/** Makes bytes, values and big numbers, and then what BREAK says. */
export default function* () {
  yield Buffer.from("bytes");
  yield { deep: [2n ** 64n] };
  if (process.env.BREAK) throw new Error("the well is dry");
  yield null;
}
