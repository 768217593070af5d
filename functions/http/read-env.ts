/** The variables a function needs, by the list of their names in its env.ts; lib/ supplies an object of this type. */
export type Env<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;

/** Reads `names` from `source`; throws one error that names every variable that is missing or empty. */
export function readEnv<const Names extends readonly string[]>(
  names: Names,
  source: Readonly<Record<string, string | undefined>>,
): Env<Names> {
  const missing = names.filter((name) => !source[name]);
  if (missing.length > 0) throw new Error(`environment variables missing: ${missing.join(", ")}`);
  return Object.fromEntries(names.map((name) => [name, source[name]])) as Env<Names>;
}
