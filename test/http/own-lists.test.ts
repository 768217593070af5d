import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { addPolicy } from "../../functions/operator/core.ts";
import { routes } from "../../shared/api/routes.ts";
import { machine, openInsurer, random } from "../command/platform.ts";
import { problemIn } from "./platform.ts";
import { claimBody, person, type Served, startServed } from "./served.ts";

let served: Served;
let here: Awaited<ReturnType<typeof openInsurer>>;
let there: Awaited<ReturnType<typeof openInsurer>>;
const holder = newHandle(random);
/** Claims as they were submitted, the oldest first. */
const submitted: string[] = [];
let held = "";

beforeAll(async () => {
  served = await startServed();
  here = await openInsurer(served.ports, { insurer: "acme", limit: 10_000n });
  there = await openInsurer(served.ports, { insurer: "other" });
  held = newHandle(random);
  const child = newHandle(random);
  const parties = [
    { role: "holder", person: holder } as const,
    { role: "guardian", person: here.insured } as const,
    { role: "insured", person: child } as const,
  ];
  const terms = { ...here.terms, insured: child, parties };
  const added = await addPolicy(served.ports, "acme", held, terms, machine());
  if ("refused" in added) throw new Error(added.detail);
  const amina = person("amina", "acme", "claimant", here.insured).principals;
  served.enrol(
    {
      name: "amina",
      principals: [...amina, ...person("", "other", "claimant", there.insured).principals],
    },
    person("clinic", "acme", "intake"),
    person("stranger", "acme", "claimant"),
    person("holder", "acme", "claimant", holder),
    person("adjuster", "acme", "adjuster"),
    person("foreign", "other", "adjuster"),
  );
  const send = async (as: string, body: object) => {
    const answer = await served.post(as, "/claims", body);
    expect(answer.status).toBe(201);
    submitted.push(((await answer.json()) as { claim: string }).claim);
  };
  for (const amount of ["10.00", "20.00"]) {
    await send("amina", claimBody("acme", here.policy, amount));
    await send("amina", claimBody("other", there.policy, amount));
  }
  await send("clinic", { ...claimBody("acme", here.policy, "30.00"), onBehalfOf: here.insured });
  await send("stranger", claimBody("acme", undefined, "40.00"));
  await adjudicateWaiting(served.ports, "other", 10);
});
afterAll(() => served?.close());

interface Listed {
  readonly items: readonly { claim: string; insurer: string; status: string }[];
  readonly next?: string;
}
const list = async (as: string, query = ""): Promise<Listed> => {
  const answer = await served.get(as, `/claims${query}`);
  const body = (await answer.json()) as Listed;
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(routes.listClaims.replies[200]?.schema?.safeParse(body).success).toBe(true);
  return body;
};
const claimsIn = ({ items }: Listed): string[] => items.map(({ claim }) => claim);

describe("GET /claims", () => {
  test("lists what the caller submitted or is insured by, at every insurer, newest first, and nobody else's", async () => {
    const own = submitted.slice(0, 5).reverse();
    const all = await list("amina");
    expect(claimsIn(all)).toEqual(own);
    expect(all.next).toBeUndefined();
    expect(claimsIn(await list("clinic"))).toEqual([submitted[4]]);
    expect(claimsIn(await list("stranger"))).toEqual([submitted[5]]);
    expect(claimsIn(await list("holder"))).toEqual([]);
  });

  test("pages through all of it without missing or repeating one, though claims move meanwhile", async () => {
    const found: string[] = [];
    let cursor: string | undefined = "";
    for (let pages = 0; cursor !== undefined && pages < 9; pages++) {
      const page: Listed = await list("amina", `?limit=2${cursor && `&cursor=${cursor}`}`);
      found.push(...claimsIn(page));
      if (pages === 0) await adjudicateWaiting(served.ports, "acme", 10);
      cursor = page.next;
    }
    expect(found).toEqual(submitted.slice(0, 5).reverse());
  });

  test("narrows to an insurer and a status", async () => {
    const there = await list("amina", "?insurer=other");
    expect(claimsIn(there)).toEqual([submitted[3], submitted[1]]);
    const decided = await list("amina", "?insurer=other&status=referred");
    expect(claimsIn(decided)).toEqual(claimsIn(there));
    expect(claimsIn(await list("amina", "?insurer=other&status=withdrawn"))).toEqual([]);
  });

  test("refuses another's cursor, another list's, an insurer that knows the caller not, and what no schema allows", async () => {
    const { next = "" } = await list("amina", "?limit=1");
    for (const [as, query, status] of [
      ["stranger", `?limit=1&cursor=${next}`, 400],
      ["amina", `?limit=1&status=closed&cursor=${next}`, 400],
      ["amina", `?cursor=${next.replace(/^./, "A")}`, 400],
      ["amina", "?limit=0", 400],
      ["amina", "?limit=101", 400],
      ["amina", "?status=erased", 400],
      ["amina", "?limit=1&limit=2", 400],
      ["amina", "?owner=me", 400],
      ["stranger", "?insurer=other", 403],
    ] as const) {
      const problem = await problemIn(await served.get(as, `/claims${query}`));
      expect([query, problem.status]).toEqual([query, status]);
    }
  });
});

describe("GET /policies", () => {
  interface View {
    readonly policy: string;
    readonly left?: { amount: string };
    readonly roles: readonly string[];
    readonly parties?: unknown;
  }
  const policies = async (as: string, query = "") => {
    const answer = await served.get(as, `/policies${query}`);
    const body = (await answer.json()) as { items: View[]; next?: string };
    expect(routes.listPolicies.replies[200]?.schema?.safeParse(body).success).toBe(true);
    return body;
  };

  test("lists those the caller is insured by or holds, page by page", async () => {
    const first = await policies("amina", "?limit=1");
    const second = await policies("amina", `?limit=1&cursor=${first.next}`);
    expect([first, second].flatMap(({ items }) => items.map(({ policy }) => policy))).toEqual([
      here.policy,
      there.policy,
    ]);
    expect(second.next).toBeUndefined();
    expect((await policies("holder")).items).toMatchObject([{ policy: held, roles: ["holder"] }]);
    expect((await policies("stranger")).items).toEqual([]);
  });

  test("says what is left of the limit after what was approved, and moves its tag by it", async () => {
    const read = async () => {
      const answer = await served.get("amina", `/policies/${here.policy}`);
      return { etag: answer.headers.get("etag"), ...((await answer.json()) as View) };
    };
    const before = await read();
    expect(before).toMatchObject({ left: { amount: "100.00" }, limit: { amount: "100.00" } });
    const { insured, policy } = here;
    const contracted = { amount: { amount: "25.00", currency: "USD" }, source: "plan" };
    const body = { ...claimBody("acme", policy, "25.00"), onBehalfOf: insured };
    const lines = [{ ...body.lines[0], contracted }];
    expect((await served.post("clinic", "/claims", { ...body, lines })).status).toBe(201);
    await adjudicateWaiting(served.ports, "acme", 10);
    const after = await read();
    expect(after).toMatchObject({ left: { amount: "75.00" }, approved: { amount: "25.00" } });
    expect(after.etag).not.toBe(before.etag);
  });

  test("shows a party the policy without the others' handles, the insurer's people all of it, others nothing", async () => {
    const own = (await (await served.get("amina", `/policies/${held}`)).json()) as View;
    expect(own).toMatchObject({ policy: held, roles: ["guardian"], birthDate: "1980-02-29" });
    const terms = (await (await served.get("holder", `/policies/${held}`)).json()) as View;
    expect(terms).toMatchObject({ policy: held, roles: ["holder"], counted: [] });
    for (const ofInsured of ["birthDate", "approved", "left"]) {
      expect(terms).not.toHaveProperty(ofInsured);
    }
    expect(own).not.toHaveProperty("parties");
    const all = (await (await served.get("adjuster", `/policies/${held}`)).json()) as View;
    expect(all.parties).toHaveLength(3);
    for (const as of ["stranger", "foreign"]) {
      expect((await problemIn(await served.get(as, `/policies/${held}`))).status).toBe(404);
    }
  });
});
