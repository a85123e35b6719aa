// Time ticks in the zone of the case: the scale's domain is already shifted.
import type { ScaleTime } from "d3-scale";

export interface Tick {
  at: number;
  label: string;
  /** Begins a day. */
  strong: boolean;
}

const two = (n: number) => String(n).padStart(2, "0");

/** The shortest label that still tells neighbours apart; a new day shows its date. */
function label(d: Date, step: number): string {
  const date = `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
  if (step >= 26 * 86400e3) return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}`;
  if (step >= 86400e3) return date;
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
  if (d.getUTCHours() + d.getUTCMinutes() + d.getUTCSeconds() === 0) return date;
  return step < 60e3 ? `${clock}:${two(d.getUTCSeconds())}` : clock;
}

export function axisTicks(scale: ScaleTime<number, number>, n: number): Tick[] {
  const ticks = scale.ticks(n);
  const step = ticks.length > 1 ? +ticks[1]! - +ticks[0]! : 0;
  const out = ticks.map((d, i) => {
    const text = label(d, step);
    // A clock alone does not say of which day.
    const date = i === 0 && step >= 60e3 && text.includes(":");
    return {
      at: scale(d),
      label: date ? `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${text}` : text,
      strong: step < 86400e3 && +d % 86400e3 === 0,
    };
  });
  // Ticks below a second would repeat it.
  return out.filter((tick, i) => i === 0 || tick.label !== out[i - 1]!.label);
}
