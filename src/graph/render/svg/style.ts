interface Palette {
  readonly page: string;
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly stage: string;
  readonly stageBorder: string;
  readonly end: string;
  readonly endBorder: string;
  readonly cycle: string;
  readonly home: string;
  readonly hot: string;
  readonly hotFill: string;
}

const LIGHT: Palette = {
  page: "#ffffff",
  ink: "#1f2328",
  faint: "#59636e",
  line: "#6e7781",
  stage: "#f3f7fd",
  stageBorder: "#5b8def",
  end: "#f2f3f5",
  endBorder: "#8b949e",
  cycle: "#8250df",
  home: "#1a7f64",
  hot: "#d1480f",
  hotFill: "#fff1e8",
};

const DARK: Palette = {
  page: "#0d1117",
  ink: "#e6edf3",
  faint: "#9da7b3",
  line: "#8b949e",
  stage: "#13233a",
  stageBorder: "#4f8ef7",
  end: "#1c2128",
  endBorder: "#768390",
  cycle: "#b392f0",
  home: "#4ac2a0",
  hot: "#ff8a4c",
  hotFill: "#3a2013",
};

/** Written out twice rather than with variables, which not every program that shows SVG knows. */
export const STYLE = `${rules(LIGHT)}
@media (prefers-color-scheme: dark) {
${rules(DARK)}
}`;

function rules(p: Palette): string {
  return `.page { fill: ${p.page}; }
text { fill: ${p.ink}; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.title { font-size: 14px; font-weight: 600; }
.name { font-size: 13px; font-weight: 600; }
.line, .legend, .rate { font-size: 11px; }
.line, .legend { fill: ${p.faint}; }
.hot .line:last-of-type { fill: ${p.hot}; font-weight: 600; }
.box { fill: ${p.end}; stroke: ${p.endBorder}; stroke-width: 1.5px; }
.stage .box { fill: ${p.stage}; stroke: ${p.stageBorder}; }
.hot .box { fill: ${p.hotFill}; stroke: ${p.hot}; stroke-width: 2.5px; }
.edge { fill: none; stroke: ${p.line}; }
.edge.choose { stroke-dasharray: 7 4; }
.edge.cycle { stroke: ${p.cycle}; }
.edge.home { stroke: ${p.home}; stroke-dasharray: 2 4; stroke-linecap: round; }
.head { fill: ${p.line}; }
.head.cycle { fill: ${p.cycle}; }
.head.home { fill: ${p.home}; }`;
}
