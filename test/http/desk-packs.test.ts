import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { newHandle } from "../../functions/command/handle.ts";
import { packHash, readPack } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { openInsurer, random } from "../command/platform.ts";
import { type Said, startDesk, type TestDesk } from "./desk.ts";

let desk: TestDesk;
let acme: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  desk = await startDesk({
    uma: { role: "underwriter" },
    ugo: { role: "underwriter" },
    robot: { role: "underwriter", machine: true },
    ada: { role: "adjuster" },
    elsewhere: { role: "underwriter" },
  });
  acme = await openInsurer(desk.ports);
  await openInsurer(desk.ports, { insurer: "other" });
  await desk.employ("acme", ["uma", "ugo", "robot", "ada"]);
  await desk.employ("other", ["elsewhere"]);
});
afterAll(() => desk?.stop());

const refused = ({ status, body }: Said) => [status, body?.type?.split(":").at(-1)];
const second = {
  ...planSchedule,
  version: 2,
  retroactive: { reason: "Nothing changes for anybody." },
};
const write = (body: object, name = "uma", key = newHandle(random)) =>
  desk.say(name, "/insurers/acme/drafts", { body, key });
const publish = (draft: string, name: string, tag?: string, key?: string) =>
  desk.say(name, `/insurers/acme/drafts/${draft}/publication`, {
    body: {},
    tag,
    ...(key ? { key } : {}),
  });

/** The texts that anybody reads. */
async function texts(): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of desk.published.list("acme/packs/")) keys.push(key);
  return keys;
}

test("a version is drafted, checked, and published by another person, from the version they saw, once per key", async () => {
  const key = newHandle(random);
  const body = { pack: acme.pack, text: JSON.stringify(second) };
  const [once, again] = [await write(body, "uma", key), await write(body, "uma", key)];
  expect([once.status, again.replayed, again.text]).toEqual([201, true, once.text]);
  const { draft } = once.body;
  const shown = await desk.say("ugo", `/insurers/acme/drafts/${draft}`);
  expect(shown.body).toMatchObject({ pack: acme.pack, text: body.text });
  expect(
    shown.body.findings.filter(({ severity }: { severity: string }) => severity === "error"),
  ).toEqual([]);
  const at = `/insurers/acme/packs/${acme.pack}`;
  expect(shown.etag).toBe((await desk.say("uma", at)).etag);

  expect(refused(await publish(draft, "uma", shown.etag))).toEqual([403, "same-person"]);
  expect(refused(await publish(draft, "robot", shown.etag))).toEqual([403, "person-required"]);
  expect((await publish(draft, "ugo")).status).toBe(428);
  expect((await desk.say("uma", at)).body.versions).toHaveLength(1);
  expect(await texts()).toHaveLength(1);

  const done = await publish(draft, "ugo", shown.etag, "publish-it");
  expect(done).toMatchObject({
    status: 201,
    location: at,
    body: { record: { type: "pack.published" } },
  });
  expect((await publish(draft, "ugo", shown.etag, "publish-it")).replayed).toBe(true);
  expect(refused(await publish(draft, "ugo", shown.etag))).toEqual([412, "stale"]);
  const { body: pack, etag } = await desk.say("uma", at);
  expect([etag, pack.versions.at(-1).hash]).toEqual([done.etag, packHash(readPack(second))]);
  const { items } = (await desk.say("uma", "/insurers/acme/packs")).body;
  expect(items).toEqual([pack]);
});

test("of requests at once under one key one draft is kept", async () => {
  const count = async () => {
    const { rows } = await desk.pool.query("SELECT draft FROM pack_drafts WHERE insurer = 'acme'");
    return rows.length;
  };
  const before = await count();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => write({ text: "{}" }, "uma", "one-draft")),
  );
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(await count()).toBe(before + 1);
});

test("a draft with errors is kept and told what is wrong with it, and can't be published", async () => {
  const text = JSON.stringify({ ...second, rules: [] });
  const { body } = await write({ text });
  const shown = await desk.say("ugo", `/insurers/acme/drafts/${body.draft}`);
  expect(shown.etag).toBe('"0"');
  expect(shown.body.findings).toContainEqual(expect.objectContaining({ severity: "error" }));
  expect(refused(await publish(body.draft, "ugo", shown.etag))).toEqual([409, "wrong-state"]);
  expect(refused(await write({ pack: newHandle(random), text }))).toEqual([422, "no-pack"]);
});

test("drafts are listed in pages, and none of another insurer's or role's", async () => {
  const { body } = await write({ text: "{" });
  const seen: string[] = [];
  for (let next = ""; ; ) {
    const page = await desk.say("uma", `/insurers/acme/drafts?limit=1${next}`);
    seen.push(...page.body.items.map(({ draft }: { draft: string }) => draft));
    if (!page.body.next) break;
    next = `&cursor=${page.body.next}`;
  }
  expect(seen).toContain(body.draft);
  expect(new Set(seen).size).toBe(seen.length);
  for (const name of ["ada", "elsewhere"]) {
    for (const path of ["drafts", `drafts/${body.draft}`, "packs", `packs/${acme.pack}`]) {
      expect((await desk.say(name, `/insurers/acme/${path}`)).status).toBe(403);
    }
    expect((await write({ text: "{" }, name)).status).toBe(403);
  }
  expect((await desk.say("elsewhere", `/insurers/other/drafts/${body.draft}`)).status).toBe(404);
});
