// Whether a number of persons that is known as an interval is above a threshold.
export type Threshold = "yes" | "perhaps" | "no";

export function reached(persons: { low: number; high: number }, threshold: number): Threshold {
  return persons.low > threshold ? "yes" : persons.high > threshold ? "perhaps" : "no";
}
