import type { XmlLimits } from "./xml-events.ts";

/** What bounds a message beside the XML it is written in: how many elements of any `each` in all. */
export interface MessageLimits extends XmlLimits {
  readonly elements: number;
}

/** Far above what any bank sends: a message of a million payments is about 700 MB. Depth: the schemas end at 16. */
export const messageLimits: MessageLimits = {
  documentBytes: 2 ** 30,
  depth: 32,
  textLength: 4_096,
  tagLength: 4_096,
  attributes: 16,
  elements: 4_000_000,
};
