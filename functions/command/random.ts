/** Fresh random bytes. */
export type Random = (bytes: number) => Uint8Array;

const poolBytes = 65_536;

/** `source` asked for 64 KiB at a time and dealt out in pieces, none of them twice: asking per salt costs more than the salt (measured). */
export function pooled(source: Random): Random {
  let pool = new Uint8Array(0);
  let next = 0;
  return (bytes) => {
    if (bytes > poolBytes) return source(bytes);
    if (next + bytes > pool.length) {
      pool = Uint8Array.from(source(poolBytes));
      next = 0;
    }
    next += bytes;
    return pool.slice(next - bytes, next);
  };
}
