import assert from "node:assert";

/** Whether bytes hold any of `forms`, of three bytes or more each: one pass, however many forms there are. */
export function anyOf(forms: readonly Buffer[]): (bytes: Buffer) => boolean {
  const byStart = new Map<number, Buffer[]>();
  const starts = new Uint8Array(2 ** 24);
  for (const form of forms) {
    assert(form.length >= 3, "a shorter form stands everywhere");
    const start = form.readUIntBE(0, 3);
    starts[start] = 1;
    byStart.set(start, [...(byStart.get(start) ?? []), form]);
  }
  const stands = (bytes: Buffer, at: number, start: number): boolean =>
    (byStart.get(start) ?? []).some((form) => form.equals(bytes.subarray(at, at + form.length)));
  return (bytes) => {
    let start = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    for (let at = 2; at < bytes.length; at++) {
      start = ((start & 0xffff) << 8) | (bytes[at] ?? 0);
      if (starts[start] === 1 && stands(bytes, at - 2, start)) return true;
    }
    return false;
  };
}
