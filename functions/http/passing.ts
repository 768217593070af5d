import type { Passing } from "./event.ts";

/** A request before the first middleware has read it. */
export const passing = <Params, Body, Query>() =>
  ({
    requestId: "",
    traceId: "",
    stream: undefined,
    record: undefined,
    json: null,
    callers: [],
    asked: {},
    token: undefined,
  }) as unknown as Passing<Params, Body, Query>;
