import { writeCostTables } from "./cost-tables.ts";
import { pages, writeExamples } from "./pages.ts";
import { exampleTexts } from "./texts.ts";

// Puts today's examples and the computed tables into docs/: run with `node test/docs/refresh.ts` after a change of format that is meant.
const texts = await exampleTexts();
for (const page of pages) {
  for (const name of writeExamples(page, texts)) {
    process.stderr.write(`${page}: no example is called ${name}\n`);
    process.exitCode = 1;
  }
}
writeCostTables();
