import { readPack } from "./pack.ts";
import health from "./packs/health-indemnity-v1.json" with { type: "json" };
import schedule from "./packs/plan-schedule.json" with { type: "json" };
import first from "./packs/xiang-hu-bao-2020-v1.json" with { type: "json" };
import amended from "./packs/xiang-hu-bao-2020-v2.json" with { type: "json" };

/** Pays what the payer's contract fixes for an encounter inside the coverage window. */
export const planSchedule = readPack(schedule);

/** Critical-illness aid in the manner of Xiang Hu Bao 2020, before COVID-19. */
export const xiangHuBao1 = readPack(first);

/** The same with the amendment for death from COVID-19, for diagnoses since 2020-01-01. */
export const xiangHuBao2 = readPack(amended);

/** A health plan with limits per line, deductible, coinsurance, maximum and limits, in that order. */
export const healthIndemnity = readPack(health);

/** Every pack this project ships. */
export const packs = [planSchedule, xiangHuBao1, xiangHuBao2, healthIndemnity] as const;
