import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "@jest/globals";
import { openFolder } from "../cli/door.ts";
import { type Acknowledged, Amina } from "./caller.ts";
import { type Running, start } from "./running.ts";

/* A disk that is full while the platform runs: a file system of its own, small enough to fill. */
const disk = openFolder("full-disk");
const mounted =
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=200m,mode=0711", "countersign-full-disk", disk])
    .status === 0;
const data = join(disk, "data");
const ballast = join(disk, "ballast");

let running: Running | undefined;
afterAll(async () => {
  await running?.stop();
  if (mounted) spawnSync("umount", ["-l", disk]);
  rmSync(disk, { recursive: true, force: true });
});

/** Writes until nothing more fits: large pieces, then small ones. */
function fill(): void {
  const file = openSync(ballast, "a");
  try {
    for (const sizeBytes of [1 << 20, 1 << 12]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(sizeBytes));
      } catch (error) {
        expect(error).toMatchObject({ code: "ENOSPC" });
      }
    }
  } finally {
    closeSync(file);
  }
}

interface SelfAudit {
  readonly at: string;
  readonly logs: readonly { readonly entries: string; readonly findings: readonly object[] }[];
}
const selfAudit = (): SelfAudit => JSON.parse(readFileSync(join(data, "self-audit.json"), "utf8"));

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 120_000;
  while (!(await holds())) {
    expect(Date.now()).toBeLessThan(endMs);
    await sleep(200);
  }
}

(mounted ? test : test.skip)(
  "a full disk is 503 with Retry-After, stops no process, and all goes on once there is room (needs the right to mount)",
  async () => {
    running = await start(data);
    const { complained, door } = running;
    const amina = new Amina(running);
    const before = await amina.submit("before");
    await amina.receipt(before);

    fill();
    const keys: string[] = [];
    const early: Acknowledged[] = [];
    // Longer than the self-audit's interval: each of the jobs meets the full disk.
    const endMs = Date.now() + 12_000;
    await until(async () => {
      const key = `full-${keys.push("") - 1}`;
      const { status, json, retryAfter } = await amina.send(JSON.stringify(amina.claim()), key);
      expect([201, 503]).toContain(status);
      if (status === 201) early.push({ key, claim: json.claim, leafHash: json.record.leafHash });
      else expect(Number(retryAfter)).toBeGreaterThan(0);
      return (
        Date.now() > endMs && /waiting: (database|folder): the disk is full/.test(complained())
      );
    });
    expect(complained()).not.toContain("    at ");
    expect(door.exitCode).toBeNull();
    expect(selfAudit().logs).toHaveLength(1);

    rmSync(ballast);
    let last = before;
    for (const index of keys.keys()) {
      const key = `full-${index}`;
      await until(async () => {
        const { status, json } = await amina.send(JSON.stringify(amina.claim()), key);
        if (status === 201) last = { key, claim: json.claim, leafHash: json.record.leafHash };
        return status === 201;
      });
      const acknowledged = early.find((sent) => sent.key === key);
      if (acknowledged) expect(last).toEqual(acknowledged);
    }
    const { checkpoint } = await amina.receipt(last);
    const { size } = checkpoint;
    await until(() => selfAudit().logs.every(({ entries }) => BigInt(entries) >= size));
    expect(selfAudit().logs.map(({ findings }) => findings)).toEqual([[]]);
    expect(await running.stop()).toBe(0);
  },
  600_000,
);
