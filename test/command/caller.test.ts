import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { viewClaim } from "../../functions/command/claim-reading.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { submit } from "../../functions/command/submit.ts";
import { addInsurer, addPolicy, type OperatorPorts } from "../../functions/operator/core.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Caller, Idempotency } from "../../shared/ports/claims.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  rulingOf,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "./platform.ts";
import { everything } from "./rows.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const keyed = (): Idempotency => ({ key: newHandle(random), fingerprint: random(32) });

let platform: TestPlatform;
let insurer: string;
let policy: string;
let terms: Awaited<ReturnType<typeof openInsurer>>["terms"];
let claimant: Caller;
beforeAll(async () => {
  platform = await startPlatform();
  ({ insurer, policy, terms } = await openInsurer(platform.ports));
  claimant = callerOf(insurer, "claimant", terms.insured);
});
afterAll(() => platform.close());

const submitThrough = (ports: OperatorPorts, idempotency = keyed(), caller = claimant) =>
  submit(ports, caller, submissionOf(policy, 1_000n), idempotency, machine().now);

async function claimsIn(): Promise<number> {
  return (await platform.ports.store.waiting(insurer, "claim", "submitted", 1_000)).length;
}

describe("an Idempotency-Key", () => {
  test("answers the same request with the same bytes, and writes nothing more", async () => {
    const once = keyed();
    const first = await submitThrough(platform.ports, once);
    if (!("committed" in first)) throw new Error("not committed");
    const before = await everything(platform.superuserUrl);
    const again = await submitThrough(platform.ports, {
      ...once,
      fingerprint: once.fingerprint.slice(),
    });
    if (!("kept" in again)) throw new Error("not kept");
    const { status, body } = first.reply;
    expect(again.kept.status).toBe(status);
    expect(toHex(again.kept.body)).toBe(toHex(body));
    expect(await everything(platform.superuserUrl)).toEqual(before);
  });

  test("with another request is refused, and of another person is another key", async () => {
    const once = keyed();
    await submitThrough(platform.ports, once);
    const other = { ...once, fingerprint: random(32) };
    const before = await everything(platform.superuserUrl);
    expect(await submitThrough(platform.ports, other)).toEqual(refused("key-reused"));
    expect(await everything(platform.superuserUrl)).toEqual(before);
    const intake = callerOf(insurer, "intake");
    const stated = { ...submissionOf(policy, 1n), onBehalfOf: terms.insured };
    const reply = await submit(platform.ports, intake, stated, other, machine().now);
    expect("committed" in reply).toBe(true);
  });

  test("sent five times at once makes one claim and five equal answers", async () => {
    const once = keyed();
    const before = await claimsIn();
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => submitThrough(platform.ports, once)),
    );
    const bodies = replies.map((reply) => {
      if ("committed" in reply) return toHex(reply.reply.body);
      return "kept" in reply ? toHex(reply.kept.body) : "refused";
    });
    expect(new Set(bodies).size).toBe(1);
    expect(bodies).not.toContain("refused");
    expect(await claimsIn()).toBe(before + 1);
  });

  test("keeps what the domain refused, and nothing else of it; another request under it is another", async () => {
    const once = keyed();
    const { lines, ...stated } = submissionOf(policy, 1_000n);
    const inEuro = lines.map((line) => ({
      ...line,
      claimed: { minor: 1_000n, currency: "EUR" as const },
    }));
    const sent = () =>
      submit(platform.ports, claimant, { ...stated, lines: inEuro }, once, machine().now);
    const before = await claimsIn();
    const first = await sent();
    expect(first).toEqual(refused("currency-mismatch"));
    expect(await sent()).toEqual({ keptRefusal: first });
    const other = { ...once, fingerprint: random(32) };
    expect(await submitThrough(platform.ports, other)).toEqual(refused("key-reused"));
    expect(await claimsIn()).toBe(before);
  });

  test("keeps no answer about the moment: who names what was not there asks anew", async () => {
    const once = keyed();
    const adjuster = callerOf(insurer, "adjuster");
    const nowhere = newHandle(random);
    for (let i = 0; i < 2; i++) {
      const asked = { idempotency: once };
      const ruled = decide(platform.ports, adjuster, nowhere, rulingOf(), asked, machine().now);
      expect(await ruled).toEqual(refused("not-found"));
    }
  });

  test("keeps its answer closed: no row holds what was replied", async () => {
    const first = await submitThrough(platform.ports);
    if (!("committed" in first)) throw new Error("not committed");
    const salt = first.committed.openings[0]?.salt ?? "";
    expect(salt.length).toBe(44);
    const rows = await platform.ports.store.transaction(insurer, async (on) => [
      ...(await on.streams("claim", [first.committed.claim])),
    ]);
    expect(rows).toHaveLength(1);
    const pieces = await platform.ports.store.parts(insurer, first.committed.claim, 1n);
    for (const { ciphertext } of pieces) {
      expect(Buffer.from(ciphertext).includes("surgery")).toBe(false);
      expect(Buffer.from(ciphertext).includes(salt)).toBe(false);
    }
  });
});

/** All a command writes, but the refusals that keys keep. */
const recorded = () => everything(platform.superuserUrl, ["idempotency"]);

describe("a caller", () => {
  test("who is no party, or names no policy there is, is refused alike and records nothing", async () => {
    const before = await recorded();
    const stranger = callerOf(insurer, "claimant");
    const nowhere = submissionOf(newHandle(random), 1n);
    const unknown = await submit(platform.ports, claimant, nowhere, keyed(), machine().now);
    expect(unknown).toEqual(refused("no-policy"));
    expect(await submitThrough(platform.ports, keyed(), stranger)).toEqual(unknown);
    for (const role of ["adjuster", "auditor"] as const) {
      expect(await submitThrough(platform.ports, keyed(), callerOf(insurer, role))).toEqual(
        refused("not-permitted"),
      );
    }
    expect(await recorded()).toEqual(before);
  });

  test("of another insurer finds no claim, to read or to decide", async () => {
    const claim = await submitClaimOf(platform.ports, claimant, submissionOf(policy, 1_000n));
    await openInsurer(platform.ports, { insurer: "other" });
    const foreign = callerOf("other", "adjuster");
    const before = await everything(platform.superuserUrl);
    expect(await decide(platform.ports, foreign, claim, rulingOf(), {}, machine().now)).toEqual(
      refused("not-found"),
    );
    expect(await viewClaim(platform.ports, foreign, claim)).toEqual(refused("not-found"));
    const namesake = callerOf("other", "claimant", terms.insured);
    expect(await viewClaim(platform.ports, namesake, claim)).toEqual(refused("not-found"));
    expect(await everything(platform.superuserUrl)).toEqual(before);
    expect(isRefusal(await viewClaim(platform.ports, claimant, claim))).toBe(false);
    const stranger = callerOf(insurer, "claimant");
    expect(await viewClaim(platform.ports, stranger, claim)).toEqual(refused("not-found"));
  });

  test("who is no adjuster decides nothing", async () => {
    const claim = await submitClaimOf(platform.ports, claimant, submissionOf(policy, 1_000n));
    for (const role of ["claimant", "intake", "auditor"] as const) {
      const caller = callerOf(insurer, role, terms.insured);
      expect(await decide(platform.ports, caller, claim, rulingOf(), {}, machine().now)).toEqual(
        refused("not-permitted"),
      );
    }
  });
});

describe("the operator", () => {
  test("opens a log once, and issues a policy once, under a pack there is", async () => {
    const genesis = {
      insurer,
      kind: "insurer" as const,
      simulation: false,
      currency: "USD" as const,
      keys: ["test-key"],
    };
    const before = await everything(platform.superuserUrl);
    expect(await addInsurer(platform.ports, genesis, newHandle(random), machine())).toEqual(
      refused("duplicate"),
    );
    expect(await addPolicy(platform.ports, insurer, policy, terms, machine())).toEqual(
      refused("duplicate"),
    );
    const unruled = { ...terms, pack: newHandle(random) };
    expect(await addPolicy(platform.ports, insurer, newHandle(random), unruled, machine())).toEqual(
      refused("no-pack"),
    );
    expect(await everything(platform.superuserUrl)).toEqual(before);
  });
});
