import type { Adapter, AdapterPayload } from "oidc-provider";

interface Kept {
  readonly payload: AdapterPayload;
  readonly untilMs: number;
}

/** Sessions, codes and grants at once; the oldest goes first. Whoever loses one signs in again. */
const mostKept = 1_000;

/**
 * Where the issuer keeps sign-ins under way, sessions and codes: in memory, each until it lapses, so that a restart asks everybody once more. Tokens
 * are not among them: whoever trusts the key reads them. One for each `model` (https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js).
 */
export function keptInMemory(nowMs: () => number): (model: string) => Adapter {
  const all = new Map<string, Kept>();
  const alive = (key: string): AdapterPayload | undefined => {
    const kept = all.get(key);
    return kept && kept.untilMs > nowMs() ? kept.payload : undefined;
  };
  const where = (model: string, holds: (payload: AdapterPayload) => boolean): string[] =>
    [...all].flatMap(([key, { payload }]) =>
      key.startsWith(`${model}:`) && holds(payload) ? [key] : [],
    );
  return (model) => {
    const keyOf = (id: string): string => `${model}:${id}`;
    const first = (holds: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
      where(model, holds)
        .map(alive)
        .find((payload) => payload !== undefined);
    return {
      upsert: async (id, payload, expiresIn) => {
        all.delete(keyOf(id));
        for (const oldest of all.keys()) {
          if (all.size < mostKept) break;
          all.delete(oldest);
        }
        all.set(keyOf(id), { payload, untilMs: nowMs() + (expiresIn ?? 60) * 1_000 });
      },
      find: async (id) => alive(keyOf(id)),
      findByUid: async (uid) => first((payload) => payload.uid === uid),
      findByUserCode: async (code) => first((payload) => payload.userCode === code),
      consume: async (id) => {
        const payload = alive(keyOf(id));
        if (payload) payload.consumed = Math.floor(nowMs() / 1_000);
      },
      destroy: async (id) => void all.delete(keyOf(id)),
      revokeByGrantId: async (grant) => {
        for (const key of where(model, (payload) => payload.grantId === grant)) all.delete(key);
      },
    };
  };
}
