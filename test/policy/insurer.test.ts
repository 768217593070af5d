import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { evolveInsurer, keyDigest, openLog, publishBands } from "../../shared/policy/insurer.ts";
import {
  bands,
  byMachine,
  byPerson,
  bySimulated,
  handle,
  insurer,
  insurerStream,
  intake,
} from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const inUsd = { currency: "USD", bands } as const;

describe("authority bands", () => {
  test("are a machine's only the first time; who changes them is a person, by name, and no simulated one", () => {
    const first = insurer({ bands: [], bandsVersion: 0n });
    expect(publishBands(first, inUsd, byMachine())).toMatchObject({ content: { by: null } });
    expect(publishBands(insurer(), inUsd, byMachine())).toEqual(refused("person-required"));
    expect(publishBands(insurer(), inUsd, byPerson(handle("5")))).toMatchObject({
      content: { by: handle("5") },
    });
    for (const on of [first, insurer()]) {
      expect(publishBands(on, inUsd, bySimulated(handle("5")))).toEqual(refused("simulation-only"));
    }
  });

  test("in force are those published last, with the version of their record", () => {
    const event = publishBands(
      insurer({ bands: [], bandsVersion: 0n }),
      inUsd,
      byPerson(handle("5")),
    );
    if (isRefusal(event)) throw new Error(event.detail);
    const after = evolveInsurer(insurer().state, event, 7n);
    expect(after).toMatchObject({ bands, bandsVersion: 7n });
  });

  test("are refused in another currency and to an intake", () => {
    expect(publishBands(insurer(), { currency: "EUR", bands }, byPerson(handle("5")))).toEqual(
      refused("currency-mismatch"),
    );
    expect(publishBands(intake, inUsd, byPerson(handle("5")))).toEqual(refused("kind-has-none"));
  });

  const band = (upTo: bigint, approvers: bigint) => ({ upTo, approvers });
  test.each([
    ["descending", [band(200n, 1n), band(100n, 0n)]],
    ["with one amount twice", [band(100n, 0n), band(100n, 1n)]],
    ["asking fewer persons for more money", [band(100n, 1n), band(200n, 0n)]],
    ["asking more persons than a payout remembers", [band(100n, 8n)]],
  ])("%s are refused", (_how, some) => {
    const event = publishBands(insurer(), { currency: "USD", bands: some }, byPerson(handle("5")));
    expect(event).toEqual(refused("wrong-state"));
  });
});

test("a log opens with a genesis that fixes kind, simulation and currency", () => {
  const event = openLog(insurerStream, {
    insurer: "acme",
    kind: "intake",
    simulation: true,
    currency: "EUR",
    keys: ["key"],
  });
  expect(evolveInsurer(undefined, event, 1n)).toEqual({
    insurer: "acme",
    kind: "intake",
    simulation: true,
    currency: "EUR",
    keys: [keyDigest("key")],
    bands: [],
    bandsVersion: 0n,
  });
});
