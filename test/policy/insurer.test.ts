import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { planSchedule, xiangHuBao1 } from "../../shared/coverage/packs.ts";
import { evolveInsurer, keyDigest, openLog, publishBands } from "../../shared/policy/insurer.ts";
import { publishPack } from "../../shared/policy/pack.ts";
import { bands, handle, insurer, insurerStream, intake, packStream, seen } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const inUsd = { currency: "USD", bands } as const;

describe("authority bands", () => {
  test("in force are those published last, with the version of their record", () => {
    const event = publishBands(insurer({ bands: [], bandsVersion: 0n }), inUsd);
    if (isRefusal(event)) throw new Error(event.detail);
    const after = evolveInsurer(insurer().state, event, 7n);
    expect(after).toMatchObject({ bands, bandsVersion: 7n });
  });

  test("are refused in another currency and to an intake", () => {
    expect(publishBands(insurer(), { currency: "EUR", bands })).toEqual(
      refused("currency-mismatch"),
    );
    expect(publishBands(intake, inUsd)).toEqual(refused("kind-has-none"));
  });

  const band = (upTo: bigint, approvers: bigint) => ({ upTo, approvers });
  test.each([
    ["descending", [band(200n, 1n), band(100n, 0n)]],
    ["with one amount twice", [band(100n, 0n), band(100n, 1n)]],
    ["asking fewer persons for more money", [band(100n, 1n), band(200n, 0n)]],
    ["asking more persons than a payout remembers", [band(100n, 8n)]],
  ])("%s are refused", (_how, some) => {
    const event = publishBands(insurer(), { currency: "USD", bands: some });
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

describe("a rule pack", () => {
  const published = seen(packStream, { pack: "plan-schedule", version: 1n, hash: "0".repeat(64) });
  const next = { ...planSchedule, version: 2 };

  test("is published version by version under one id", () => {
    expect(publishPack(insurer(), undefined, packStream, planSchedule)).toMatchObject({
      type: "pack.published",
      content: { pack: "plan-schedule", version: 1n },
    });
    expect(publishPack(insurer(), published, packStream, next)).toMatchObject({
      content: { version: 2n },
    });
  });

  test("that skips or repeats a version, or changes its id, is refused", () => {
    expect(publishPack(insurer(), undefined, packStream, next)).toEqual(refused("wrong-state"));
    expect(publishPack(insurer(), published, packStream, planSchedule)).toEqual(
      refused("wrong-state"),
    );
    const renamed = { ...next, id: "other" };
    expect(publishPack(insurer(), published, packStream, renamed)).toEqual(refused("wrong-state"));
  });

  test("in another currency, or of an intake, is refused", () => {
    expect(publishPack(insurer(), undefined, handle("5"), xiangHuBao1)).toEqual(
      refused("currency-mismatch"),
    );
    expect(publishPack(intake, undefined, packStream, planSchedule)).toEqual(
      refused("kind-has-none"),
    );
  });
});
