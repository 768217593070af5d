/** One insurer's part of an audit bundle, however it is stored. Paths are the bundle's own; absent files are undefined. */
export interface LogSource {
  readonly insurer: string;
  /** The newest checkpoint's note. */
  checkpoint(): Promise<Uint8Array | undefined>;
  /** Every historic note, ascending by the size in its name. */
  notes(): Promise<readonly { readonly size: bigint; readonly file: string }[]>;
  /** The auditor reads no openings at all: every sealed record counts as withheld. */
  readonly publicOnly?: boolean;
  /** It holds no copies of payment files: whoever has the log can make them. */
  readonly withoutCopies?: boolean;
  /** A file of `<insurer>/public/` or `<insurer>/openings/`. Openings that are there but do not open are Malformed. */
  read(file: string): Promise<Uint8Array | undefined>;
  /** Every file of `<insurer>/`, sorted. */
  files(): readonly string[];
}
