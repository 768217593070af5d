import { utf8 } from "../base/bytes.ts";

/** An XML element that holds either text or elements; undefined among them is left out. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: string | readonly (Element | undefined)[];
}

export const element = (
  name: string,
  content: Element["content"],
  attributes: Element["attributes"] = {},
): Element => ({ name, attributes, content });

/** UTF-8 bytes of a document: XML declaration, one element a line, two spaces a level, LF. The same element gives the same bytes. */
export function formatDocument(root: Element): Uint8Array {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  write(root, "", lines);
  return utf8(`${lines.join("\n")}\n`);
}

function write({ name, attributes, content }: Element, indent: string, lines: string[]): void {
  const named = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const open = `${indent}<${name}${named.join("")}>`;
  if (typeof content === "string") {
    lines.push(`${open}${escaped(content)}</${name}>`);
    return;
  }
  lines.push(open);
  for (const child of content) if (child) write(child, `${indent}  `, lines);
  lines.push(`${indent}</${name}>`);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => entities[character] ?? "");
