import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import {
  dismiss,
  enrol,
  postgresPrincipals,
} from "../../functions/adapters/postgres/principals.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { insurerState } from "../../functions/command/insurer-state.ts";
import {
  approve as approveErasure,
  request as requestErasure,
} from "../../functions/eraser/requests.ts";
import { type CallPorts, call } from "../../functions/operator/call.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { cancelOn } from "../eraser/ends.ts";
import { logSigners } from "../log/signers.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  startPlatform,
  type TestPlatform,
} from "./platform.ts";
import { everything } from "./rows.ts";

let platform: TestPlatform;
let pool: Pool;
let ports: CallPorts;
const nudged: string[] = [];
const published = memoryStore();
beforeAll(async () => {
  platform = await startPlatform();
  pool = openPool({ url: platform.url("app"), max: 2 });
  ports = {
    ...platform.ports,
    logKeys: async (insurer) =>
      logSigners(platform.ports.originOf(insurer), 7).map(({ key }) => key),
    nudge: async (insurer) => void nudged.push(insurer),
    published,
    enrol: enrol.bind(undefined, pool),
    dismiss: dismiss.bind(undefined, pool),
  };
});
afterAll(async () => {
  await pool.end();
  await platform.close();
});

const refused = (code: string) => expect.objectContaining({ refused: code });
const tenant = (insurer: string) => ({
  addInsurer: { insurer, kind: "insurer", simulation: false, currency: "EUR" },
});

describe("adding an insurer", () => {
  test("opens its log with a genesis of its own, once, and wakes who places it", async () => {
    const done = await call(ports, tenant("newcomer"));
    expect(done).toEqual({ recorded: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(nudged).toEqual(["newcomer"]);
    const state = await insurerState(platform.ports, "newcomer");
    expect(state).toMatchObject({ kind: "insurer", simulation: false, currency: "EUR" });
    const before = await everything(platform.superuserUrl);
    expect(await call(ports, tenant("newcomer"))).toEqual(refused("duplicate"));
    expect(await everything(platform.superuserUrl)).toEqual(before);
  });

  test("is refused where a log of that name was shown once, and nothing is written", async () => {
    await published.putIfAbsent("forgotten/checkpoint", utf8("a checkpoint"));
    const before = await everything(platform.superuserUrl);
    expect(await call(ports, tenant("forgotten"))).toEqual(refused("wrong-state"));
    expect(await everything(platform.superuserUrl)).toEqual(before);
    // "forgot" is another name.
    expect(await call(ports, tenant("forgot"))).toHaveProperty("recorded");
  });

  test.each([
    { addInsurer: { insurer: "A", kind: "insurer", simulation: false, currency: "EUR" } },
    { addInsurer: { insurer: "a", kind: "insurer", simulation: false, currency: "XXX" } },
    { addInsurer: { insurer: "a", kind: "insurer", simulation: false } },
    { ...tenant("a"), publishKeys: { insurer: "a", pairs: "all" } },
    {},
    null,
  ])("%j is no call", async (event) => {
    await expect(call(ports, event)).rejects.toThrow(Malformed);
  });
});

describe("enrolling a login", () => {
  const login = (more: object = {}) => ({
    enrol: {
      ...{ issuer: "https://issuer.example", sub: "s-1", insurer: "newcomer" },
      ...{ role: "adjuster", kind: "person", ...more },
    },
  });

  test("gives it a row and a person, the same however often it is asked", async () => {
    const first = await call(ports, login());
    expect(first).toEqual({ enrolled: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await call(ports, login())).toEqual(first);
    const found = await postgresPrincipals(pool).find("https://issuer.example", "s-1", "newcomer");
    expect(found).toMatchObject({
      role: "adjuster",
      kind: "person",
      ...{ person: Object.values(first)[0] },
    });
  });

  test("never changes a row that stands, and knows no insurer that isn't there", async () => {
    for (const more of [{ role: "releaser" }, { kind: "machine" }, { person: newHandle(random) }]) {
      expect(await call(ports, login(more))).toEqual(refused("duplicate"));
    }
    expect(await call(ports, login({ insurer: "nowhere" }))).toEqual(refused("not-found"));
    await expect(call(ports, login({ role: "root" }))).rejects.toThrow(Malformed);
    await expect(call(ports, login({ kind: "simulated" }))).rejects.toThrow(Malformed);
  });

  test("ends when it is dismissed, there and nowhere else, until it is enrolled again", async () => {
    const { issuer, sub } = login({ sub: "leaver" }).enrol;
    const known = () => postgresPrincipals(pool).insurersOf(issuer, sub);
    await call(ports, tenant("elsewhere"));
    for (const insurer of ["newcomer", "elsewhere"]) {
      expect(await call(ports, login({ sub, insurer }))).toHaveProperty("enrolled");
    }
    const leave = { dismiss: { issuer, sub, insurer: "newcomer" } };
    expect(await call(ports, leave)).toEqual({ dismissed: true });
    expect(await postgresPrincipals(pool).find(issuer, sub, "newcomer")).toBeUndefined();
    expect(await known()).toEqual(["elsewhere"]);
    expect(await call(ports, leave)).toEqual(refused("not-found"));
    expect(await call(ports, login({ sub, role: "releaser" }))).toHaveProperty("enrolled");
    expect(await postgresPrincipals(pool).find(issuer, sub, "newcomer")).toMatchObject({
      role: "releaser",
    });
  });

  test("enrols nobody who was erased", async () => {
    const { ports: commands } = platform;
    const { policy, insured } = await openInsurer(commands, { insurer: "erasing" });
    const [maker, checker] = [callerOf("erasing", "operator"), callerOf("erasing", "operator")];
    await cancelOn(commands, maker, policy);
    const both = ["identity-and-health", "financial"] as const;
    await requestErasure(commands, maker, insured, both, machine().now);
    const approved = await approveErasure(commands, checker, insured, machine().now);
    if (isRefusal(approved)) throw new Error(approved.detail);
    const of = login({ insurer: "erasing", sub: "again", person: insured });
    expect(await call(ports, of)).toEqual(refused("erased"));
  });

  test("gives a second login of one person the same person", async () => {
    const person = newHandle(random);
    for (const sub of ["s-2", "s-3"]) {
      expect(await call(ports, login({ sub, person }))).toEqual({ enrolled: person });
    }
  });
});
