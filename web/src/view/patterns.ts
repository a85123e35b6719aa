// Hatches that pictures on the page refer to by id, so that their meaning does
// not hang on colour alone.
import { svg } from "../dom";

function hatch(id: string, className: string, d: string): SVGPatternElement {
  return svg(
    "pattern",
    { id, width: 6, height: 6, patternUnits: "userSpaceOnUse" },
    svg("rect", { class: `${className} ground`, width: 6, height: 6 }),
    svg("path", { class: className, d }),
  );
}

export function patterns(): SVGSVGElement {
  return svg(
    "svg",
    { class: "patterns", width: 0, height: 0, "aria-hidden": "true" },
    svg(
      "defs",
      {},
      hatch("hatch-gap", "hatch gap", "M-1 7 7 -1M-1 1 1 -1M5 7 7 5"),
      hatch("hatch-degraded", "hatch degraded", "M-1 -1 7 7M5 -1 7 1M-1 5 1 7"),
      hatch("hatch-unknown", "hatch unknown", "M1 1h1.5v1.5h-1.5ZM4 4h1.5v1.5h-1.5Z"),
    ),
  );
}
