import { Malformed } from "../base/malformed.ts";

/** How an export's objects are written; what the service wrote where none was asked for is ION_TEXT. */
export const outputFormats = ["ION_TEXT", "ION_BINARY", "JSON"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** The blocks of one data object: its strand, its first and last sequence number. */
export interface BlockRange {
  readonly strandId: string;
  readonly first: number;
  readonly last: number;
}

/** `{exportId}.started.manifest`: written when the export was asked for. */
export const startedManifestName = (exportId: string): string => `${exportId}.started.manifest`;

/** `{exportId}.{strandId}.completed.manifest`: written last, once every data object is there. */
export const completedManifestName = (exportId: string, strandId: string): string =>
  `${exportId}.${strandId}.completed.manifest`;

const completed = /^([A-Za-z0-9]{1,64})\.([A-Za-z0-9]{1,64})\.completed\.manifest$/;
const started = /^([A-Za-z0-9]{1,64})\.started\.manifest$/;
const ranged = /^([A-Za-z0-9]{1,64})\.(0|[1-9][0-9]{0,15})-(0|[1-9][0-9]{0,15})\.(ion|json)$/;

/** The export and strand that a file's name says it completes; undefined for any other file. */
export function parseCompletedName(
  name: string,
): { readonly exportId: string; readonly strandId: string } | undefined {
  const [, exportId, strandId] = completed.exec(name) ?? [];
  return exportId && strandId ? { exportId, strandId } : undefined;
}

/** The export that a file's name says has begun; undefined for any other file. */
export const parseStartedName = (name: string): string | undefined => started.exec(name)?.[1];

/** `yyyy/mm/dd/hh/{strandId}.{first}-{last}.ion`, or `.json`: where a data object lies under the prefix; the hour is its first block's, in UTC. */
export function dataObjectName(range: BlockRange, firstAt: string, format: OutputFormat): string {
  const [, year, month, day, hour] = /^(\d{4})-(\d{2})-(\d{2})T(\d{2})/.exec(firstAt) ?? [];
  if (!hour) throw new Malformed("blockTimestamp", "is no time of day");
  const ending = format === "JSON" ? "json" : "ion";
  return `${year}/${month}/${day}/${hour}/${range.strandId}.${range.first}-${range.last}.${ending}`;
}

/** The range that a data object's name (without folders) says; undefined for any other file. */
export function parseDataName(name: string): (BlockRange & { readonly json: boolean }) | undefined {
  const [, strandId, first, last, ending] = ranged.exec(name) ?? [];
  if (!strandId || first === undefined || last === undefined) return undefined;
  return { strandId, first: Number(first), last: Number(last), json: ending === "json" };
}
