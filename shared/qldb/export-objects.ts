import { makeBinaryWriter } from "ion-js";
import { utf8 } from "../base/bytes.ts";
import { downConvert } from "./down-convert.ts";
import {
  completedManifestName,
  dataObjectName,
  type OutputFormat,
  startedManifestName,
} from "./export-names.ts";
import { field, type IonValue, ionText, readIon, structFields } from "./ion.ts";
import { parseBlockAddress } from "./revision.ts";

/** What was asked for with ExportJournalToS3, as the first manifest repeats it. Times are Ion timestamps, `2019-04-15T00:00:00.000Z`. */
export interface ExportRequest {
  readonly ledgerName: string;
  readonly exportId: string;
  readonly strandId: string;
  readonly inclusiveStartTime: string;
  readonly exclusiveEndTime: string;
  readonly bucket: string;
  /** In front of every key, as it stands: most end with `/`. */
  readonly prefix: string;
  readonly objectEncryptionType: "SSE_KMS" | "SSE_S3" | "NO_ENCRYPTION";
  readonly format: OutputFormat;
}

/** One object of an export. */
export interface ExportObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/**
 * The objects of a journal export in the order the service wrote them: first manifest, data objects, last manifest (QLDB developer guide, "Journal export
 * output in QLDB"). `blocks` are Ion text of one block each, in order; a data object holds those of one hour, at most `perObject`. Where the guide is
 * silent: keys of the last manifest are whole keys, prefix included, for Amazon's own Java reader gets objects by them.
 */
export function* exportObjects(
  request: ExportRequest,
  blocks: Iterable<string>,
  perObject = 1_000,
): Generator<ExportObject> {
  const { exportId, strandId, prefix, format } = request;
  yield {
    key: `${prefix}${startedManifestName(exportId)}`,
    bytes: encoded(started(request), format),
  };
  const keys: string[] = [];
  for (const group of grouped(blocks, perObject)) {
    const [first] = group;
    const range = { strandId, first: first.sequenceNo, last: group.at(-1)?.sequenceNo ?? 0 };
    const key = `${prefix}${dataObjectName(range, first.at, format)}`;
    keys.push(key);
    yield {
      key,
      bytes: encoded(
        group.map(({ value }) => value),
        format,
      ),
    };
  }
  yield {
    key: `${prefix}${completedManifestName(exportId, strandId)}`,
    bytes: encoded([readIon(`{keys:[${keys.map(ionText).join(",")}]}`, "manifest")], format),
  };
}

interface Placed {
  readonly sequenceNo: number;
  readonly at: string;
  readonly value: IonValue;
}
type Group = [Placed, ...Placed[]];

function* grouped(blocks: Iterable<string>, perObject: number): Generator<Group> {
  let group: Group | undefined;
  for (const text of blocks) {
    const block = placed(text);
    const same = group && group.length < perObject && hour(group[0]) === hour(block);
    if (group && same) group.push(block);
    else {
      if (group) yield group;
      group = [block];
    }
  }
  if (group) yield group;
}

const hour = ({ at }: Placed): string => at.slice(0, 13);

function placed(text: string): Placed {
  const value = readIon(text, "block");
  const fields = structFields(value, "block");
  const { sequenceNo } = parseBlockAddress(field(fields, "blockAddress", "block"));
  return { sequenceNo, at: ionText(field(fields, "blockTimestamp", "block")), value };
}

function started(request: ExportRequest): IonValue[] {
  const { inclusiveStartTime, exclusiveEndTime, ...rest } = request;
  const { ledgerName, exportId, bucket, prefix, objectEncryptionType, format } = rest;
  const names = { bucket, prefix, objectEncryptionType, outputFormat: format };
  const text = [
    `ledgerName:${ionText(ledgerName)}`,
    `exportId:${ionText(exportId)}`,
    `inclusiveStartTime:${inclusiveStartTime}`,
    `exclusiveEndTime:${exclusiveEndTime}`,
    ...Object.entries(names).map(([name, value]) => `${name}:${ionText(value)}`),
  ];
  return [readIon(`{${text.join(",")}}`, "manifest")];
}

function encoded(values: readonly IonValue[], format: OutputFormat): Uint8Array {
  if (format === "ION_BINARY") return binaryStream(values);
  const write = format === "JSON" ? downConvert : ionText;
  return utf8(values.map((value) => `${write(value)}\n`).join(""));
}

/** One stream: version marker, symbol table, values. */
function binaryStream(values: readonly IonValue[]): Uint8Array {
  const writer = makeBinaryWriter();
  for (const value of values) value.writeTo(writer);
  writer.close();
  return writer.getBytes();
}
