import type { Act } from "../base/actor.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { OpenedDocument, Ruling } from "./ruling.ts";
import type { ClaimWorld } from "./world.ts";

type File = Pick<ClaimWorld, "claim" | "cover">;

/**
 * Why a ruling can't say what it says about the file; undefined if it can. The file was opened once there was a claim and not after the ruling;
 * every document is a record of this claim or of its policy, and named once. Whether anybody read it no log can show.
 */
export function refuseOpened(
  file: File,
  { fileOpenedAt, documentsOpened }: Pick<Ruling, "fileOpenedAt" | "documentsOpened">,
  act: Act,
): Refusal | undefined {
  if (fileOpenedAt > act.now) {
    return refuse("file-time", "The file was opened after this ruling.", "fileOpenedAt");
  }
  if (fileOpenedAt < file.claim.state.submittedAt) {
    return refuse("file-time", "The file was opened before there was a claim.", "fileOpenedAt");
  }
  const named = new Set(documentsOpened.map(({ stream, version }) => `${stream}/${version}`));
  if (named.size === documentsOpened.length && documentsOpened.every((each) => isOf(file, each))) {
    return undefined;
  }
  const detail = "Each document is one record of this claim or of its policy, named once.";
  return refuse("not-in-file", detail, "documentsOpened");
}

const isOf = ({ claim, cover }: File, { stream, version }: OpenedDocument): boolean =>
  [claim, ...(cover ? [cover.policy] : [])].some(
    (seen) => seen.stream === stream && version >= 1n && version <= seen.version,
  );

/** Why a person's act can't deny; undefined if it can. A real person denies by their own sign-in: never by a credential made for a machine. */
export function refuseDenier({ kind, signatory }: Act): Refusal | undefined {
  if (kind === "simulated" || signatory?.credential.kind === "access-token") return undefined;
  return refuse("person-required", "Only a person denies, signed in as themselves.", "outcome");
}
