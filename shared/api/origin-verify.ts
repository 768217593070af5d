/** The header in which the edge says a value that only it and the functions know; lower case, as events of an HTTP API have every name. */
export const originVerifyHeader = "x-origin-verify";

/** What stands in place of a value where there is no edge in front. */
export const noEdge = "none";
