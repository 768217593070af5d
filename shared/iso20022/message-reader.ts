import type { Fields } from "./fields.ts";
import type { Form } from "./forms.ts";
import type { MessageLimits } from "./message-limits.ts";
import { walkMessage } from "./message-walk.ts";

/** Reads a message as its bytes come. After a throw it reads no more. */
export interface MessageReader<Item> {
  /** What these bytes completed. */
  readonly read: (bytes: Uint8Array) => Item[];
  /** What the end of the message completes. Nothing of a message counts before this has answered. */
  readonly end: () => Item[];
}

/** A reader of messages of `versions`, whose `body` element has the form that `formOf` makes around a way to give out items. */
export function messageReader<Item>(
  versions: readonly string[],
  body: string,
  formOf: (give: (...items: readonly Item[]) => void) => Form,
  limits: MessageLimits,
): MessageReader<Item> {
  let items: Item[] = [];
  const form = formOf((...given) => {
    items.push(...given);
  });
  const walk = walkMessage(versions, body, form, limits);
  const taken = (): Item[] => {
    const given = items;
    items = [];
    return given;
  };
  return {
    read(bytes) {
      walk.write(bytes);
      return taken();
    },
    end() {
      walk.end();
      return taken();
    },
  };
}

/** What a message is called by its sender. */
export interface MessageItem {
  readonly kind: "message";
  readonly messageId: string;
  /** As the bank writes it: an ISODateTime. */
  readonly createdAt: string;
}

/** The item of a group header. */
export const messageOf = (header: Fields): MessageItem => ({
  kind: "message",
  messageId: header.must("MsgId", header.text),
  createdAt: header.must("CreDtTm", header.text),
});

/** The items of a whole message. */
export const readMessage = <Item>(reader: MessageReader<Item>, bytes: Uint8Array): Item[] => [
  ...reader.read(bytes),
  ...reader.end(),
];
