import { letters, signs } from "./transliteration.ts";

/** Longest name in a SEPA message (EPC132-08) and in ISO 20022 (Max140Text), and longest remittance text in both, in characters. */
export const longestSepaName = 70;
export const longestText = 140;

const isSepa = (character: string): boolean => /^[A-Za-z0-9/?:().,'+ -]$/.test(character);
const isAccent = (character: string): boolean => /^[\u0300-\u036f]$/.test(character);

/**
 * `text` in the 75 characters of SEPA (EPC132-08 §1.4: letters a–z, digits and / - ? : ( ) . , ' + space), at most `longest`; undefined where no
 * letter or digit is left to tell who is meant. Rule, character by character of the NFC form: one of the set stays; one of the table becomes
 * what the table says, capitals as capitals; another letter loses its accents (NFD) and is looked up again; white space is a space; anything
 * else is a full stop. Then spaces at both ends go and the rest is cut.
 */
export function sepaText(text: string, longest: number): string | undefined {
  let written = "";
  for (const character of text.normalize("NFC")) {
    // An accent that no composed letter holds goes with its letter, and nowhere else.
    if (isAccent(character) && /[A-Za-z]$/.test(written)) continue;
    written += spelled(character) ?? spelled(bare(character)) ?? ".";
  }
  const cut = written.trim().slice(0, longest).trim();
  return /[A-Za-z0-9]/.test(cut) ? cut : undefined;
}

/** A letter without its accents; what has something else than accents after it stays whole. */
function bare(character: string): string {
  const [letter = "", ...rest] = character.normalize("NFD");
  return rest.every(isAccent) ? letter : character;
}

function spelled(character: string): string | undefined {
  if (isSepa(character)) return character;
  if (/^\s$/u.test(character)) return " ";
  const small = letters.get(character.toLowerCase());
  if (small === undefined) return signs.get(character);
  return character === character.toLowerCase() ? small : small.toUpperCase();
}

/**
 * `text` for a transfer outside SEPA, at most `longest` characters of Unicode: its NFC form, with white space and control characters as a space
 * and what XML 1.0 can't hold as a full stop; undefined where nothing is left.
 */
export function plainText(text: string, longest: number): string | undefined {
  const characters = [...text.normalize("NFC")].map((character) => {
    if (/^[\s\p{Cc}]$/u.test(character)) return " ";
    return /^[\p{Cs}\ufffe\uffff]$/u.test(character) ? "." : character;
  });
  const cut = [...characters.join("").trim()].slice(0, longest).join("").trim();
  return cut === "" ? undefined : cut;
}
