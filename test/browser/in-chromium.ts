import { test } from "@jest/globals";
import { chromiumPath } from "./chromium.ts";

/** `test` where a chromium is on PATH, else a test reported as skipped. */
export const testInChromium = chromiumPath === undefined ? test.skip : test;
