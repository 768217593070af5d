import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { concat, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { messageLimits } from "../../shared/iso20022/message-limits.ts";
import { notificationReader } from "../../shared/iso20022/notification.ts";
import {
  booked,
  endToEndId,
  entry,
  notification,
  readNotification,
  readStatusReport,
  report,
} from "./bank-messages.ts";

/** What reading throws, which must be Malformed. */
function refusal(message: string | Uint8Array, limits = {}): string {
  try {
    readNotification(message, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(Malformed);
    return String((error as Malformed).message);
  }
  return "";
}
const [declaration = "", document = ""] = notification().split(/(?<=\?>)/);
const inEntry = (text: string): string =>
  notification().replace("<CdtDbtInd>", `${text}<CdtDbtInd>`);

describe("nothing of a DTD is read", () => {
  test.each([
    ["a DOCTYPE", "<!DOCTYPE Document>"],
    ["an external DTD", '<!DOCTYPE Document SYSTEM "file:///etc/passwd">'],
    ["an entity", '<!DOCTYPE Document [<!ENTITY a "b">]>'],
    ["an external entity", '<!DOCTYPE Document [<!ENTITY a SYSTEM "http://127.0.0.1/">]>'],
  ])("%s is refused", (_, text) => {
    expect(refusal(declaration + text + document)).toBe("document: holds a DOCTYPE");
  });

  test("an entity bomb is refused before anything of it is expanded", () => {
    const levels = Array.from(
      { length: 10 },
      (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
    );
    const bomb = `<!DOCTYPE Document [<!ENTITY l0 "lol">${levels.join("")}]>`;
    const used = document.replace("BANK-LINE-1", "&l10;");
    expect(refusal(declaration + bomb + used)).toBe("document: holds a DOCTYPE");
    expect(refusal(declaration + used)).toMatch(/AcctSvcrRef: is not well-formed XML at line 1$/);
  });

  test("HTML's entities are none of XML's; XML's five and characters by number are text", () => {
    expect(refusal(notification().replace("BANK-LINE-1", "&eacute;"))).toMatch(/well-formed/);
    const message = notification().replace("BANK-LINE-1", "&#65;&amp;&lt;&#x42;");
    const [, item] = readNotification(message);
    expect(item).toMatchObject({ entry: { reference: "A&<B" } });
  });
});

describe("whatever has no end is stopped", () => {
  /** Feeds `head` and then `more` again and again, and counts the bytes taken before the reader has had enough. */
  function takenBytes(head: string, more: string, limits = {}): { taken: number; what: string } {
    const reader = notificationReader({ ...messageLimits, ...limits });
    let taken = 0;
    const feed = (text: string) => {
      const bytes = utf8(text);
      reader.read(bytes);
      taken += bytes.length;
    };
    try {
      feed(head);
      while (taken < 1_000_000) feed(more);
    } catch (error) {
      expect(error).toBeInstanceOf(Malformed);
      return { taken, what: (error as Malformed).message };
    }
    return { taken, what: "" };
  }
  const opened = notification().slice(0, notification().indexOf("<CdtDbtInd>"));
  const kib = 1_024;

  test.each([
    [
      "text in an element that is read",
      `${opened}<AcctSvcrRef>`,
      "x",
      /AcctSvcrRef: holds more than 4096/,
    ],
    ["text in one that is not", `${opened}<Narrative>`, "x", /\*: holds more than 4096/],
    ["text in CDATA", `${opened}<AcctSvcrRef><![CDATA[`, "x", /AcctSvcrRef: holds more than 4096/],
    ["an attribute", `${opened}<X a="`, "x", /has a tag of more than 4096/],
    ["attributes", `${opened}<X `, 'a="" b="" ', /attribute|tag of more than/],
    ["a name", `${opened}<`, "x", /tag of more than|well-formed/],
    ["a comment", `${opened}<!--`, "x", /well-formed/],
    ["a DTD", "<!DOCTYPE x [", "<!ENTITY a 'b'>", /well-formed|DOCTYPE/],
    ["an instruction", "<?x ", "x", /well-formed/],
    ["an entity's name", `${opened}<AcctSvcrRef>&`, "x", /well-formed/],
    ["depth", opened, "<a>", /is deeper than 32 elements/],
  ])("%s", (_, head, unit, what) => {
    const found = takenBytes(head, unit.repeat(kib));
    expect(found.what).toMatch(what);
    // 64 KiB is what the parser itself holds of what the reader has no limit for.
    expect(found.taken).toBeLessThan(head.length + 80 * kib * unit.length);
  });

  test("text that comes in pieces is one text", () => {
    const found = takenBytes(`${opened}<AcctSvcrRef>`, `${"x".repeat(100)}<!-- -->`);
    expect(found.what).toMatch(/AcctSvcrRef: holds more than 4096/);
  });

  test("a document of more bytes than the limit", () => {
    expect(takenBytes(opened, "<a></a>".repeat(100), { documentBytes: 100_000 }).what).toMatch(
      /Ntry\[1\]: is longer than 100000 bytes$/,
    );
  });

  test("more entries or payments than the limit", () => {
    const payments = [booked("1"), booked("2")];
    const message = notification({ entries: [entry({ payments })] });
    expect(refusal(message, { elements: 5 })).toBe("");
    expect(refusal(message, { elements: 4 })).toMatch(/TxDtls\[2\]: is past the 4 elements/);
  });

  test("reasons without end", () => {
    const many = report().replace("<TxSts>RJCT</TxSts>", `$&${"<StsRsnInf/>".repeat(33)}`);
    expect(() => readStatusReport(many)).toThrow("StsRsnInf[33]: repeats more than 32 times");
  });
});

describe("only UTF-8 is read", () => {
  test("however the bytes are cut, also within a character", () => {
    const message = notification({
      entries: [entry({ payments: [booked("1", { payeeName: "Zoë 张伟 😀" })] })],
    });
    const whole = readNotification(message);
    for (const step of [1, 2, 3, 7, 4_096, 4_097])
      expect(readNotification(message, { step })).toEqual(whole);
  });

  test("a byte order mark is no text", () => {
    expect(readNotification(`\ufeff${notification()}`)).toEqual(readNotification(notification()));
  });

  test.each<[string, Uint8Array]>([
    ["another encoding, as it says", utf8(notification().replace("UTF-8", "ISO-8859-1"))],
    ["UTF-16", new Uint8Array(Buffer.from(`\ufeff${notification()}`, "utf16le"))],
    ["Latin-1 bytes", new Uint8Array(Buffer.from(notification().replace("Jane", "Zoë"), "latin1"))],
    [
      "a surrogate in UTF-8",
      new Uint8Array(
        Buffer.concat([Buffer.from(notification().slice(0, 200)), Buffer.of(0xed, 0xa0, 0x80)]),
      ),
    ],
    ["half a character at its end", new Uint8Array([...utf8(notification()), 0xc3])],
  ])("%s is refused", (_, bytes) => expect(refusal(bytes)).toMatch(/UTF-8$/));

  test("XML 1.1 is refused, no declaration at all is XML 1.0 in UTF-8", () => {
    expect(refusal(notification().replace('"1.0"', '"1.1"'))).toBe("document: is not XML 1.0");
    expect(readNotification(document)).toEqual(readNotification(notification()));
  });
});

describe("what is no XML document is refused", () => {
  test.each([
    ["nothing", "", "document: holds no element"],
    ["no XML", "BANK-2", "document: is not well-formed XML at line 1"],
    ["a document cut short", notification().slice(0, -20), "well-formed"],
    ["a second document", notification() + document, "document: holds a second root"],
    ["text after its end", `${notification()}x`, "document: is not well-formed XML"],
    ["tags that cross", inEntry("<a><b></a></b>"), "well-formed"],
    [
      "an attribute twice",
      notification().replace('Ccy="EUR"', 'Ccy="EUR" Ccy="JPY"'),
      "holds an attribute twice",
    ],
    ["a prefix of no namespace", inEntry("<x:a/>"), "well-formed"],
    ["an instruction", inEntry("<?x y?>"), "holds a processing instruction"],
    ["a second declaration", declaration + notification(), "document:"],
    ["a control character", inEntry("<a>\u0001</a>"), "holds what XML can't"],
    [
      "more attributes than any schema has",
      inEntry(`<a ${Array.from({ length: 17 }, (_, at) => `a${at}=""`).join(" ")}/>`),
      "has more than 16 attributes",
    ],
  ])("%s", (_, message, what) => expect(refusal(message)).toContain(what));
});

describe("names of namespaces", () => {
  test("a prefix is as good as none", () => {
    const prefixed = document.replaceAll(/<(\/?)([A-Z])/g, "<$1n:$2").replace("xmlns=", "xmlns:n=");
    expect(readNotification(prefixed)).toEqual(readNotification(notification()));
  });

  test("an element of another namespace is not the one of its name", () => {
    const other = inEntry(
      '<AcctSvcrRef xmlns="urn:x">FORGED</AcctSvcrRef><CdtDbtInd xmlns="urn:x">CRDT</CdtDbtInd>',
    );
    expect(readNotification(other)).toEqual(readNotification(notification()));
  });

  test("elements it doesn't know, with all they hold, are passed over", () => {
    const other = inEntry(
      '<Chrgs><Rcrd><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>',
    );
    expect(readNotification(other)).toEqual(readNotification(notification()));
  });
});

test("whatever is done to a message's bytes, it is read or Malformed, and nothing else is thrown", () => {
  const messages = [notification({ entries: [entry(), entry()] }), report()].map((text) =>
    utf8(text),
  );
  const bits = [
    "<",
    ">",
    "&",
    "</",
    "/>",
    "<!--",
    "<![CDATA[",
    "]]>",
    "<?",
    "&#0;",
    "&#x110000;",
    "'",
    '"',
    "=",
    "\u0000",
    "9".repeat(40),
    "xmlns=''",
    "<Ntry>",
  ];
  const edits = fc.array(
    fc.record({
      at: fc.nat(3_000),
      cut: fc.nat(30),
      put: fc.oneof(
        fc.constantFrom(...bits).map((text) => utf8(text)),
        fc.uint8Array({ maxLength: 4 }),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...messages), edits, (message, changes) => {
      let bytes = message;
      for (const { at, cut, put } of changes) {
        const from = at % bytes.length;
        bytes = concat(bytes.subarray(0, from), new Uint8Array(put), bytes.subarray(from + cut));
      }
      for (const read of [readNotification, readStatusReport]) {
        try {
          expect(Array.isArray(read(bytes, { step: 100 }))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("an error says where and what, and never what stands there", () => {
  const secrets = [
    "Jane",
    "DE89370400440532013000",
    endToEndId("1"),
    "BANK-LINE-1",
    "123.45",
    "hidden",
  ];
  const errors = [
    refusal(inEntry("<hidden>hidden</b>")),
    refusal(inEntry("<hidden hidden='1' hidden='2'/>")),
    refusal(inEntry("<hidden:x/>")),
    refusal(inEntry("&hidden;")),
    refusal(inEntry(`<hidden>${"hidden".repeat(1_000)}</hidden>`)),
    refusal(notification().replace("<Cd>BOOK</Cd>", "<Cd>hidden</Cd>")),
    refusal(notification().replace("BANK-LINE-1", "hidden".repeat(10))),
    refusal(notification().replace(">123.45</Amt>", ">123.45x</Amt>")),
    refusal(notification().replace("Jane Doe", "Jane Doe\u0001")),
    refusal(notification().replace("</Document>", "")),
    refusal(notification().replaceAll("camt.054", "hidden")),
  ];
  for (const error of errors) {
    expect(error).not.toBe("");
    for (const secret of secrets) expect(error).not.toContain(secret);
  }
  expect(errors[4]).toBe(
    "Document/BkToCstmrDbtCdtNtfctn/Ntfctn[1]/Ntry[1]/*: holds more than 4096 characters",
  );
});
