/** How long something took, each time since the process was started. */
export interface Times {
  readonly count: number;
  readonly sumUs: number;
  /** Microseconds, as an HdrHistogram: V2 encoding, compressed, base64; "" when there are none. */
  readonly hdr: string;
}
