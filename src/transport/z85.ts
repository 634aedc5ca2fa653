const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/** Bytes as text, as people see keys (RFC 32): four bytes are five digits of base 85, the highest first. */
export function z85(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const value = bytes.readUInt32BE(at);
    for (let place = 85 ** 4; place >= 1; place /= 85) text += DIGITS[Math.floor(value / place) % 85];
  }
  return text;
}
