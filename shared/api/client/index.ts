/** The API as functions with types, made of the one table of routes: `client(routes, { baseUrl, token, fetch })`. */

export { type Day, formatDay, parseDay } from "../../base/day.ts";
export { formatInstant, type Instant, parseInstant } from "../../base/instant.ts";
export { Malformed } from "../../base/malformed.ts";
export { formatAmount, parseAmount } from "../../base/money.ts";
export { routes } from "../routes.ts";
export { type ClientOptions, client } from "./client.ts";
export type { Client, ProblemOf, Refused, ReplyOf, RequestOf, Table } from "./types.ts";
