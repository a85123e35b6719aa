// Small drawn signs. Each stands beside a word: nothing is told by colour or
// shape alone.
import { h, svg } from "../dom";
import type { CoverageState, Severity, Verdict } from "../model/report";

function icon(className: string, ...shapes: SVGElement[]): SVGSVGElement {
  return svg(
    "svg",
    { class: `mark ${className}`, viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    ...shapes,
  );
}

const path = (d: string, className = "solid") => svg("path", { d, class: className });

const TRIANGLE = "M8 1.2 15.4 14.6H.6Z";
const DIAMOND = "M8 .8 15.2 8 8 15.2.8 8Z";
const CIRCLE = "M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1Z";

export function verdictMark(verdict: Verdict): SVGSVGElement {
  const name = `verdict-mark ${verdict}`;
  switch (verdict) {
    case "intrusion-suspected":
      return icon(name, path(TRIANGLE), path("M8 6v4.2M8 11.6v1.2", "cut"));
    case "unusual":
      return icon(name, path(DIAMOND), path("M8 4.4v4.4M8 10.4v1.2", "cut"));
    case "nothing-found":
      return icon(name, path("M6.8 1.8a5 5 0 1 0 0 10 5 5 0 1 0 0-10ZM10.4 10.4 14.6 14.6", "line"));
    default:
      return icon(
        name,
        path(CIRCLE),
        path("M5.9 6.2a2.1 2.1 0 1 1 3.1 1.9c-.8.4-1 .8-1 1.6M8 11.2v1.2", "cut"),
      );
  }
}

export function severityMark(severity: Severity): SVGSVGElement {
  const name = `severity-mark ${severity}`;
  if (severity === "high") return icon(name, path(TRIANGLE));
  if (severity === "medium") return icon(name, path("M8 2 14 8 8 14 2 8Z"));
  return icon(name, path("M8 3a5 5 0 1 0 0 10A5 5 0 1 0 8 3Z", "line"));
}

/** How far the evidence goes: full, half, empty, crossed. */
export function gradeMark(grade: string): SVGSVGElement {
  const box = path("M2.5 2.5h11v11h-11Z", "line");
  const name = `grade-mark g-${/^[a-z]+$/.test(grade) ? grade : "none"}`;
  switch (grade) {
    case "read":
      return icon(name, path("M1.8 1.8h12.4v12.4H1.8Z"));
    case "opened":
      return icon(name, box, path("M2.5 8h11v5.5h-11Z"));
    case "listed":
      return icon(name, box, path("M5 6h6M5 10h6", "line"));
    case "changed":
    case "deleted":
    case "renamed":
    case "written":
    case "linked":
    case "security":
      return icon(name, box, path("M5 11l6-6", "line"));
    case "denied":
      return icon(name, box, path("M4.8 4.8l6.4 6.4M11.2 4.8l-6.4 6.4", "line"));
    case "missing":
      return icon(name, path("M2.5 2.5h11v11h-11Z", "dashed"));
    default:
      return icon(name, box);
  }
}

/** Seen, looked for in vain, not to be told. */
export function checkMark(state: string): SVGSVGElement {
  const name = `check-mark ${/^[a-z-]+$/.test(state) ? state : ""}`;
  if (state === "seen") return icon(name, path(TRIANGLE));
  if (state === "not-found") return icon(name, path("M8 3a5 5 0 1 0 0 10A5 5 0 1 0 8 3Z", "line"));
  return icon(name, path("M2.5 2.5h11v11h-11Z", "dashed"));
}

/** A swatch of a timeline series or a coverage state, drawn as in the picture. */
export function swatch(className: string): HTMLElement {
  return h("span", { class: `swatch ${className}`, "aria-hidden": "true" });
}

export function coverageSwatch(state: CoverageState): HTMLElement {
  return swatch(`cov-${state}`);
}
