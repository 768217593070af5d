import { expect, test } from "@jest/globals";
import { keptInMemory } from "../../local/issuer/kept.ts";

const asked = 1_500;

test("what anybody asks for pushes out no session, code or finished sign-in of another", async () => {
  const model = keptInMemory(() => 0);
  const signedIn = {
    Session: { accountId: "amina", uid: "u-1" },
    AuthorizationCode: { accountId: "amina", grantId: "g-1" },
    Grant: { accountId: "amina" },
    Interaction: { result: { login: { accountId: "amina" } } },
  };
  for (const [name, payload] of Object.entries(signedIn)) {
    await model(name).upsert("amina's", payload as never, 3_600);
  }
  for (let n = 0; n < asked; n++) {
    for (const name of ["Session", "Interaction"]) {
      await model(name).upsert(`nobody's ${n}`, { uid: `n-${n}` }, 3_600);
    }
  }
  for (const [name, payload] of Object.entries(signedIn)) {
    expect(await model(name).find("amina's")).toEqual(payload);
  }
  expect(await model("Session").findByUid("u-1")).toEqual(signedIn.Session);
});

test("of those who did not sign in the newest thousand are kept, of each kind", async () => {
  const model = keptInMemory(() => 0);
  for (let n = 0; n < asked; n++) await model("Interaction").upsert(`${n}`, {}, 3_600);
  const kept = await Promise.all(
    Array.from({ length: asked }, (_, n) => model("Interaction").find(`${n}`)),
  );
  expect(kept.findIndex((each) => each !== undefined)).toBe(asked - 1_000);
  expect(kept.filter((each) => each !== undefined)).toHaveLength(1_000);
});

test("a sign-in that becomes somebody's is kept once, and goes when it lapses or its grant is revoked", async () => {
  let nowMs = 0;
  const sessions = keptInMemory(() => nowMs)("Session");
  await sessions.upsert("s", { uid: "u" }, 60);
  await sessions.upsert("s", { uid: "u", accountId: "amina", grantId: "g" }, 120);
  nowMs = 61_000;
  expect(await sessions.find("s")).toMatchObject({ accountId: "amina" });
  await sessions.revokeByGrantId("g");
  expect(await sessions.find("s")).toBeUndefined();
  await sessions.upsert("t", { uid: "t" }, 60);
  nowMs += 60_000;
  expect(await sessions.find("t")).toBeUndefined();
  expect(await sessions.findByUid("t")).toBeUndefined();
});
