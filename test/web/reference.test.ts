import { expect, test } from "@jest/globals";
import { routeTable } from "../../shared/api/routes.ts";
import { html, inCode } from "../../web/reference/html.ts";
import { type ReadDocument, referenceHtml } from "../../web/reference/page.ts";
import { document } from "../api/documented.ts";

const page = referenceHtml(document as unknown as ReadDocument);

test("the reference shows each row's path, and its refusals by their URIs", () => {
  for (const { method, path } of routeTable) {
    const shown = path.replaceAll("+}", "}");
    expect(page).toContain(`<span class="method">${method}</span> <code>${shown}</code></h3>`);
  }
  expect(page).toContain("urn:countersign:problem:key-reused");
  expect(page).not.toMatch(/undefined|\[object/);
});

test("what the document says is text, never markup", () => {
  expect(html`<p>${'<script src="x">&'}</p>`.text).toBe(
    "<p>&lt;script src=&quot;x&quot;&gt;&amp;</p>",
  );
  expect(html`${inCode("`<b>` is bold")}`.text).toBe("<code>&lt;b&gt;</code> is bold");
});
