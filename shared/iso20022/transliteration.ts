/** Small letters of `from`, each with the word of `to` at its place. */
const pairs = (from: string, to: string): [string, string][] => {
  const words = to.split(" ");
  return [...from].map((letter, at) => [letter, words[at] ?? ""]);
};

/** Latin letters that are no letter with an accent. */
const latin = pairs("ßæœøđðþłħŧıĸŋə", "ss ae oe o d d th l h t i k n e");
/** Greek by the simple form of ELOT 743 (ISO 843), letter by letter. */
const greek = pairs(
  "αβγδεζηθικλμνξοπρσςτυφχψω",
  "a v g d e z i th i k l m n x o p r s s t y f ch ps o",
);
/** Cyrillic as Bulgaria spells it on documents, with the letters of its neighbours. */
const cyrillic = [
  ...pairs("абвгдежзийклмнопрст", "a b v g d e zh z i y k l m n o p r s t"),
  ...pairs("уфхцчшщъыьэюя", "u f h ts ch sh sht a y y e yu ya"),
  ...pairs("ђјљњћџѓќѕєіїґ", "dj j lj nj c dz g k dz ye i yi g"),
];

/** What a small letter becomes; a capital becomes the same in capitals. */
export const letters: ReadonlyMap<string, string> = new Map([...latin, ...greek, ...cyrillic]);

/** What signs become that a name or a reference may hold. Any other is a full stop. */
export const signs: ReadonlyMap<string, string> = new Map([
  ...pairs("&@_;\\|€…", "+ (at) - , / / EUR ..."),
  ...pairs('"`´‘’‚“”„«»', "' ' ' ' ' ' ' ' ' ' '"),
  ...pairs("[]{}<>", "( ) ( ) ( )"),
  ...pairs("‐‑‒–—−", "- - - - - -"),
]);
