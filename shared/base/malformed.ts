/** Input that does not have the form its reader demands. `where` names the field or line; neither text ever carries the input itself. */
export class Malformed extends Error {
  override readonly name = "Malformed";
  readonly where: string;
  constructor(where: string, what: string) {
    super(`${where}: ${what}`);
    this.where = where;
  }
}

/** A broken promise inside the program: never input, always a bug. */
export function assert(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Error(`bug: ${promise}`);
}

/** What `read` gives, undefined where it throws Malformed. */
export function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
