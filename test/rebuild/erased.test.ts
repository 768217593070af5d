import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { eraserRows } from "../../functions/adapters/postgres/eraser-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { adjudicate } from "../../functions/adjudicator/core.ts";
import { decide } from "../../functions/command/decide.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { carryOut } from "../../functions/eraser/core.ts";
import { approve, request } from "../../functions/eraser/requests.ts";
import { advance } from "../../functions/publisher/advance.ts";
import { initSigner } from "../../functions/signer/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import {
  callerOf,
  machine,
  openInsurer,
  rulingOf,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "../command/platform.ts";
import { insurer, keys, newPlace, type Place, rebuildInto, type Stores } from "./platform.ts";

let platform: TestPlatform;
let place: Place;
let empty: Place;
let eraser: Pool;
const stores: Stores = {
  published: memoryStore(),
  sealed: memoryStore(),
  signed: memoryStore(),
};
beforeAll(async () => {
  platform = await startPlatform();
  place = await newPlace(platform.ports, stores);
  empty = await newPlace(platform.ports, stores);
  eraser = openPool({ url: place.database.url("eraser"), max: 2 });
  await initSigner(stores.signed, insurer);
}, 60_000);
afterAll(async () => {
  await eraser?.end();
  for (const each of [place, empty]) await each?.close();
  await platform?.close();
});

test("a log in which somebody was erased is refused, and nothing is written", async () => {
  const ports = { ...place.ports, packs: packCatalog(stores.published) };
  const published = keys.map(formatVerifierKey);
  const { policy, insured } = await openInsurer(ports, { keys: published });
  const claim = await submitClaimOf(
    ports,
    callerOf(insurer, "claimant", insured),
    submissionOf(policy, 77_700n),
  );
  await adjudicate(ports, insurer, claim);
  const adjuster = callerOf(insurer, "adjuster");
  const ruling = rulingOf({ outcome: "DENY", reasonCode: "NOT_COVERED" });
  await decide(ports, adjuster, claim, ruling, undefined, machine().now);
  await advance(place.log, insurer);
  const [asks, approves] = [callerOf(insurer, "operator"), callerOf(insurer, "operator")];
  const classes = ["identity-and-health", "financial"] as const;
  for (const step of [
    await request(ports, asks, adjuster.person, classes, machine().now),
    await approve(ports, approves, adjuster.person, machine().now),
  ]) {
    expect(isRefusal(step)).toBe(false);
  }
  const parts = { rows: eraserRows(eraser), keys: ports.keys, sealed: stores.sealed };
  expect(await carryOut(ports, parts, insurer, adjuster.person)).toEqual({ places: 1 });
  await advance(place.log, insurer);
  expect(await rebuildInto(empty, stores)).toMatchObject({ refused: "erased" });
  const { rows } = await empty.owner.query("SELECT idx FROM entry");
  expect(rows).toEqual([]);
});
