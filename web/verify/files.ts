/** What a dropped file can be for. */
export type FileKind = "receipt" | "policy" | "requirements" | "note" | "consistency";

/** A file as dropped: its name is shown, its bytes are judged, and neither goes anywhere. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The files the page holds, at most one of a kind. */
export type Held = Readonly<Partial<Record<FileKind, DroppedFile>>>;

/** Longest file that is read: above every format's own limit. */
export const maxFileBytes = 4 * 1024 * 1024;

const endings: Readonly<Record<string, FileKind>> = {
  "tlog-proof": "receipt",
  policy: "policy",
  require: "requirements",
  consistency: "consistency",
};

/** What `file` is for: by its first line, else by the ending of its name; undefined where neither says. */
export function kindOf({ name, bytes }: DroppedFile): FileKind | undefined {
  const text = new TextDecoder().decode(bytes.subarray(0, 4_096));
  if (text.startsWith("c2sp.org/tlog-proof@")) return "receipt";
  const ending = /\.([a-z-]+)$/.exec(name.toLowerCase())?.[1] ?? "";
  const named = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  if (named !== undefined) return named;
  if (/^require [0-9]/.test(text)) return "requirements";
  if (/^[^\n]+\n[0-9]+\n[^\n]+\n[\s\S]*\n— /.test(text)) return "note";
  if (/^([A-Za-z0-9+/]{43}=\n)+$/.test(text)) return "consistency";
  return /^[ \t]*(log|witness|group|quorum)[ \t]/m.test(text) ? "policy" : undefined;
}
