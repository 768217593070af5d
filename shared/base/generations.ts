/** Generations of the pair of signing keys that sign: one, or two while the second takes over from the first. */
export type Generations = readonly number[];

/** Reads "1", or "1,2" while generation 2 takes over from 1; undefined for any other text. */
export function parseGenerations(text: string): Generations | undefined {
  if (!/^[1-9]\d{0,3}(,[1-9]\d{0,3})?$/.test(text)) return undefined;
  const [first = 0, second = first + 1] = text.split(",").map(Number);
  return second > first ? text.split(",").map(Number) : undefined;
}
