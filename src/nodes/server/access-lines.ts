/** One request and what it was answered. */
export interface Access {
  /** Undefined: the client had gone before it could be asked. */
  readonly remote: string | undefined;
  /** When the request's head had arrived, in Unix milliseconds. */
  readonly time: number;
  /** Undefined for what was no HTTP. */
  readonly request: { readonly method: string; readonly target: string; readonly version: string } | undefined;
  readonly status: number;
  /** Of the content, without the headers. */
  readonly bytes: number;
  readonly referer: string | undefined;
  readonly userAgent: string | undefined;
  /** From the request's head to the last byte of the response. */
  readonly ms: number;
}

/**
 * `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`: the Combined Log Format of Apache httpd
 * (https://httpd.apache.org/docs/2.4/mod/mod_log_config.html). `%l` (identd) and `%u` (who logged in) are never known here.
 */
export function combinedLine({ bytes, referer, remote, request, status, time, userAgent }: Access): string {
  const first = request === undefined ? "-" : escaped(`${request.method} ${request.target} HTTP/${request.version}`);
  const size = bytes === 0 ? "-" : bytes;
  return `${remote ?? "-"} - - ${clock(time)} "${first}" ${status} ${size} "${field(referer)}" "${field(userAgent)}"\n`;
}

/** The same, with the time that it took. What was not sent is null. */
export function jsonLine({ bytes, ms, referer, remote, request, status, time, userAgent }: Access): string {
  const line = {
    time: new Date(time).toISOString(),
    remote: remote ?? null,
    method: request?.method ?? null,
    target: request?.target ?? null,
    http: request?.version ?? null,
    status,
    bytes,
    referer: referer ?? null,
    userAgent: userAgent ?? null,
    ms: Math.round(ms * 1000) / 1000,
  };
  return `${JSON.stringify(line)}\n`;
}

function field(value: string | undefined): string {
  return value === undefined || value === "" ? "-" : escaped(value);
}

const SPECIAL: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** As Apache does it; headers are bytes, which Node gives as Latin-1, a character each. */
function escaped(text: string): string {
  return text.replace(/[^ !#-[\]-~]/g, (character) => {
    const code = character.charCodeAt(0) & 0xff;
    return SPECIAL[character] ?? `\\x${code.toString(16).padStart(2, "0")}`;
  });
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

let clockSecond = -1;
let clockText = "";

/** `[26/Nov/2026:02:33:04 +0000]`, made once a second. */
function clock(time: number): string {
  const second = Math.floor(time / 1000);
  if (second === clockSecond) return clockText;
  clockSecond = second;
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  const hour = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  clockText = `[${day}:${hour} +0000]`;
  return clockText;
}
