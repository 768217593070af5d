/** `text` on one line, without characters that would steer a terminal or turn its reading round: what is shown may be anybody's. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "�");
