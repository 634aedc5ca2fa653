export { renderAscii } from "./ascii.js";
export { renderDot } from "./dot.js";
export { renderJson } from "./json.js";
export { renderMermaid } from "./mermaid.js";
export { renderSvg } from "./svg/svg.js";
