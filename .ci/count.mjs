// Reads the result file of a jest run and prints "passed failed skipped", then a line for each failure and each skip, so that every count has a name.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";

const { testResults } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const tests = testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map(({ status, fullName }) => ({
    status,
    named: `${fullName} (${relative("", name)})`,
  })),
);
const named = (word, ...status) =>
  tests.filter((test) => status.includes(test.status)).map(({ named }) => `${word}: ${named}`);

// A file that doesn't load, ends its process or fails outside its tests (afterAll) is one failure, whatever its tests were.
const broken = testResults
  .filter(
    ({ status, message, assertionResults }) =>
      status === "failed" &&
      (/● Test suite failed to run/.test(message) ||
        !assertionResults.some((test) => test.status === "failed")),
  )
  .map(({ name, message }) => {
    process.stderr.write(`failed to run: ${name}\n${message.slice(0, 500)}\n`);
    return `failed outside its tests: ${relative("", name)}`;
  });
const failed = [...named("failed", "failed"), ...broken];
const skipped = named("skipped", "pending", "todo", "skipped", "disabled");
const passed = tests.filter(({ status }) => status === "passed").length;
const lines = [`${passed} ${failed.length} ${skipped.length}`, ...failed, ...skipped];
process.stdout.write(`${lines.join("\n")}\n`);
