/** XML as a bank's own system writes it: nothing here is shared with what reads it. */

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** An element of a text; none where there is no text. */
export const leaf = (name: string, text: string | undefined): string =>
  text === undefined ? "" : `<${name}>${escaped(text)}</${name}>`;

/** An element of elements; none where all of them are. */
export function node(name: string, ...content: readonly string[]): string {
  const inner = content.join("");
  return inner === "" ? "" : `<${name}>${inner}</${name}>`;
}

/** An amount with its currency. */
export const amountLeaf = (name: string, currency: string, decimal: string): string =>
  `<${name} Ccy="${currency}">${escaped(decimal)}</${name}>`;

/** A whole message of `version`. */
export const message = (version: string, body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:${version}">${body}</Document>\n`;
