import { expect, test } from "@jest/globals";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { publishLogKeys } from "../../functions/operator/keys.ts";
import { advance } from "../../functions/publisher/advance.ts";
import { initSigner } from "../../functions/signer/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { machine, openInsurer, startPlatform } from "../command/platform.ts";
import { logSigners } from "../log/signers.ts";
import { insurer, keys, newPlace, origin, rebuildInto, signers } from "./platform.ts";

test("a log whose keys were replaced is rebuilt by the new ones, and not by the old or by strangers", async () => {
  const platform = await startPlatform();
  const stores = { published: memoryStore(), sealed: memoryStore(), signed: memoryStore() };
  const before = await newPlace(platform.ports, stores);
  const after = await newPlace(platform.ports, stores);
  try {
    await initSigner(stores.signed, insurer);
    const ports = { ...before.ports, packs: packCatalog(stores.published) };
    await openInsurer(ports, { limit: 300_000n, keys: keys.map(formatVerifierKey) });
    await advance(before.log, insurer);
    const next = logSigners(origin, 5);
    for (const by of [[...signers, ...next], next]) {
      const named = by.map(({ key }) => key);
      await publishLogKeys(before.ports, insurer, named, machine());
      await advance(before.signingWith(by), insurer);
    }
    const now = next.map(({ key }) => key);
    const strangers = logSigners(origin, 7).map(({ key }) => key);
    for (const wrong of [keys, strangers]) {
      expect(await rebuildInto(after, stores, wrong)).toMatchObject({ refused: "log-differs" });
    }
    expect(await rebuildInto(after, stores, now)).toHaveProperty("size");
  } finally {
    await before.close();
    await after.close();
    await platform.close();
  }
});
