import type { Fact, Step, StepState, Verdict } from "./verdict.ts";

type Child = Node | string;

/** An element with its attributes and children; text is only ever text. */
function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const signs = { verified: "✓", refused: "✕", unanchored: "!" } as const;
const stateWords = { held: "✓", failed: "✕", unchecked: "–" } as const satisfies Record<
  StepState,
  string
>;
const spoken = { held: "held", failed: "failed", unchecked: "not checked" } as const;

/** The verdict in large: one word, one sentence, what goes with it. */
export const bannerOf = ({ tone, word, sentence, remarks }: Verdict): HTMLElement =>
  element(
    "div",
    { class: `banner ${tone}` },
    element("span", { class: "sign", "aria-hidden": "true" }, signs[tone]),
    element(
      "div",
      {},
      element("p", { class: "word" }, word),
      element("p", { class: "sentence" }, sentence),
      ...remarks.map((remark) => element("p", { class: "remark" }, remark)),
    ),
  );

/** The steps as a list; each can be folded, and the one that failed is open. */
export const stepsOf = ({ steps }: Verdict): HTMLElement =>
  element("ol", { class: "steps" }, ...steps.map((step) => element("li", {}, stepOf(step))));

function stepOf(step: Step): HTMLElement {
  const { state, title, finding, facts, fields = [] } = step;
  const heading = [
    element("span", { class: `mark ${state}`, "aria-hidden": "true" }, stateWords[state]),
    element(
      "span",
      { class: "title" },
      title,
      element("span", { class: "unseen" }, `: ${spoken[state]}`),
    ),
    element("span", { class: "finding" }, finding),
  ];
  if (facts.length + fields.length === 0)
    return element("div", { class: "step plain" }, ...heading);
  const open = state === "failed" || fields.length > 0;
  return element(
    "details",
    { class: "step", ...(open ? { open: "" } : {}) },
    element("summary", {}, ...heading),
    ...(facts.length > 0 ? [factsOf(facts)] : []),
    ...(fields.length > 0 ? [tableOf(fields)] : []),
  );
}

const factsOf = (facts: readonly Fact[]): HTMLElement =>
  element(
    "dl",
    {},
    ...facts.map(({ label, value, mono }) =>
      element(
        "div",
        {},
        element("dt", {}, label),
        element("dd", mono ? { class: "mono" } : {}, element("bdi", {}, value)),
      ),
    ),
  );

const tableOf = (fields: readonly Fact[]): HTMLElement =>
  element(
    "table",
    {},
    element("caption", { class: "unseen" }, "Fields of the record"),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col" }, "Field"),
        element("th", { scope: "col" }, "Value"),
      ),
    ),
    element(
      "tbody",
      {},
      ...fields.map(({ label, value }) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, element("bdi", {}, label)),
          element("td", {}, element("bdi", {}, value)),
        ),
      ),
    ),
  );
