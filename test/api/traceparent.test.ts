import { expect, test } from "@jest/globals";
import { traceIdOf, traceIdOfAmazon, traceparentOn } from "../../shared/api/traceparent.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const parent = "00f067aa0ba902b7";

/* The examples of W3C Trace Context §3.2 and the cases of its test suite (github.com/w3c/trace-context, test/test.py). */
test.each([
  [`00-${trace}-${parent}-01`, trace],
  [`00-${trace}-${parent}-00`, trace],
  [`00-${trace}-${parent}-ff`, trace],
  [`cc-${trace}-${parent}-01`, trace],
  [`cc-${trace}-${parent}-01-what-the-future-will-be-like`, trace],
  [`cc-${trace}-${parent}-01.what-the-future-will-not-be-like`, undefined],
  [`00-${trace}-${parent}-01-what`, undefined],
  [`00-${trace}-${parent}-01-`, undefined],
  [`ff-${trace}-${parent}-01`, undefined],
  [`0-${trace}-${parent}-01`, undefined],
  [`.0-${trace}-${parent}-01`, undefined],
  [`00-${"0".repeat(32)}-${parent}-01`, undefined],
  [`00-${trace}-${"0".repeat(16)}-01`, undefined],
  [`00-${trace.toUpperCase()}-${parent}-01`, undefined],
  [`00-${trace.slice(1)}-${parent}-01`, undefined],
  [`00-.${trace.slice(1)}-${parent}-01`, undefined],
  [`00-${trace}-${parent}-.0`, undefined],
  [`00-${trace}-${parent}-0`, undefined],
  [`00-${trace}-${parent}-01,00-${trace}-${parent}-01`, undefined],
  [` 00-${trace}-${parent}-01`, undefined],
  [`00-${trace}-${parent}-01\n`, undefined],
  ["", undefined],
  [undefined, undefined],
])("the trace-id of %j is %j", (header, traceId) => expect(traceIdOf(header)).toBe(traceId));

test.each([
  ["Root=1-5759e988-bd862e3fe1be46a994272793", "5759e988bd862e3fe1be46a994272793"],
  [
    "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678",
    "67891233abcdef012345678912345678",
  ],
  [
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    "5759e988bd862e3fe1be46a994272793",
  ],
  ["Root=2-5759e988-bd862e3fe1be46a994272793", undefined],
  ["Root=1-5759e988-bd862e3fe1be46a99427279", undefined],
  [`Root=1-${"0".repeat(8)}-${"0".repeat(24)}`, undefined],
  ["NoRoot=1-5759e988-bd862e3fe1be46a994272793", undefined],
  [undefined, undefined],
])("AWS's %j is %j", (header, traceId) => expect(traceIdOfAmazon(header)).toBe(traceId));

/* §3.2.2.5: of the flags only `sampled` goes on, and only with the trace it came with. */
test.each([
  [`00-${trace}-${parent}-01`, "01"],
  [`00-${trace}-${parent}-00`, "00"],
  [`00-${trace}-${parent}-ff`, "01"],
  [`00-${trace}-${parent}-fe`, "00"],
  [`cc-${trace}-${parent}-01-more`, "01"],
  [`00-${"0".repeat(32)}-${parent}-01`, "00"],
  [`00-${trace}-${parent}-01,00-${trace}-${parent}-01`, "00"],
  [undefined, "00"],
])("after %j the request hands on version 00, its own span and flags %j", (header, flags) => {
  const onward = traceparentOn("a".repeat(32), "b".repeat(16), header);
  expect(onward).toBe(`00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}`);
  expect(traceIdOf(onward)).toBe("a".repeat(32));
});
