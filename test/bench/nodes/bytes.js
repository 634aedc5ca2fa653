// A source of jobs that are 100 bytes, not JSON.
const job = Buffer.alloc(100, 0x2a);

export default function* bytes() {
  for (;;) yield job;
}
