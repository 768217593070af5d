import { afterEach, expect, test } from "@jest/globals";
import { honestLog } from "../audit/honest.ts";
import { adjuster } from "../audit/walk.ts";
import { ask, type Sent, sent } from "./folder.ts";

let folder: Sent;
afterEach(() => folder.remove());

test("who denied, how long the file was open, what came in batches; verify prints it, too", async () => {
  const log = await honestLog();
  folder = sent(log.bundle());
  const { code, json } = await ask("denials", folder.bundle, "--policy", folder.policy, "--json");
  expect(code).toBe(0);
  expect(json).toEqual({
    ok: true,
    anchored: true,
    decisions: 6,
    unread: 0,
    denials: [
      {
        origin: "log.example/claims/acme",
        actor: adjuster,
        kind: "person",
        simulated: false,
        count: 1,
        medianOpenSeconds: 0,
        withoutDocuments: 1,
        credentials: 1,
        batches: [],
      },
    ],
  });
  const { out } = await ask("verify", folder.bundle, "--policy", folder.policy);
  expect(out).toMatch(new RegExp(`denials by +log +count.*\\n(.*\\n)?${adjuster} +\\S+ +1 +0 s`));
});

test("a bundle that does not verify says so, and simulated deniers stand apart", async () => {
  const log = await honestLog();
  folder = sent(log.rewritten("denied two", () => ({ actor: "simulated" })));
  const { code, out } = await ask("denials", folder.bundle);
  expect(code).toBe(1);
  expect(out).toContain("denials by simulated");
  expect(out).not.toMatch(/denials by +log/);
  expect(out).toContain("UNANCHORED");
  expect(out).toMatch(/✗ 1 findings/);
});
