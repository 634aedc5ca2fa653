/** Whatever comes goes back: bytes as bytes. */
export default (job: unknown) => job;
