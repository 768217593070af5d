// Reads the result file of a jest run and prints "passed failed skipped"; names each failed and skipped test on stderr.
import { readFileSync } from "node:fs";
import process from "node:process";

const result = JSON.parse(readFileSync(process.argv[2], "utf8"));
const tests = result.testResults.flatMap(({ assertionResults }) => assertionResults);
const named = (word, status) => {
  const found = tests.filter((test) => status.includes(test.status));
  for (const { fullName } of found) process.stderr.write(`${word}: ${fullName}\n`);
  return found.length;
};

// A file that doesn't load has no tests to count: it is one failure.
const broken = result.testResults.filter(
  ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((test) => test.status === "failed"),
);
for (const { name, message } of broken) {
  process.stderr.write(`failed to run: ${name}\n${message.slice(0, 500)}\n`);
}
const passed = tests.filter(({ status }) => status === "passed").length;
const failed = named("failed", ["failed"]) + broken.length;
const skipped = named("skipped", ["pending", "todo", "skipped", "disabled"]);
process.stdout.write(`${passed} ${failed} ${skipped}\n`);
