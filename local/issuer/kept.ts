import type { Adapter, AdapterPayload } from "oidc-provider";

interface Kept {
  readonly payload: AdapterPayload;
  readonly untilMs: number;
}

/** Of one model at once, those of somebody and those of nobody yet each for themselves; the oldest goes first. Whoever loses one signs in again. */
const mostKept = 1_000;

type Shelf = Map<string, Kept>;

/**
 * Where the issuer keeps sign-ins under way, sessions and codes: in memory, each until it lapses, so that a restart asks everybody once more. Tokens
 * are not among them: whoever trusts the key reads them. One for each `model` (https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js).
 * What anybody makes by asking pushes out nothing of those who have signed in.
 */
export function keptInMemory(nowMs: () => number): (model: string) => Adapter {
  const shelves = new Map<string, Shelf>();
  const shelfOf = (name: string): Shelf => {
    const shelf = shelves.get(name) ?? new Map();
    shelves.set(name, shelf);
    return shelf;
  };
  const isAlive = ({ untilMs }: Kept): boolean => untilMs > nowMs();
  return (model) => {
    const [nobodys, somebodys] = [shelfOf(`${model} of nobody`), shelfOf(model)];
    const both = [somebodys, nobodys];
    const find = (id: string): AdapterPayload | undefined =>
      both.flatMap((shelf) => shelf.get(id) ?? []).find(isAlive)?.payload;
    const first = (holds: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
      both
        .flatMap((shelf) => [...shelf.values()])
        .find((kept) => isAlive(kept) && holds(kept.payload))?.payload;
    const destroy = (id: string): void => {
      for (const shelf of both) shelf.delete(id);
    };
    return {
      upsert: async (id, payload, expiresIn) => {
        destroy(id);
        const shelf = isSomebodys(payload) ? somebodys : nobodys;
        for (const oldest of shelf.keys()) {
          if (shelf.size < mostKept) break;
          shelf.delete(oldest);
        }
        shelf.set(id, { payload, untilMs: nowMs() + (expiresIn ?? 60) * 1_000 });
      },
      find: async (id) => find(id),
      findByUid: async (uid) => first((payload) => payload.uid === uid),
      findByUserCode: async (code) => first((payload) => payload.userCode === code),
      consume: async (id) => {
        const payload = find(id);
        if (payload) payload.consumed = Math.floor(nowMs() / 1_000);
      },
      destroy: async (id) => destroy(id),
      revokeByGrantId: async (grant) => {
        for (const shelf of both) {
          for (const [id, { payload }] of shelf) if (payload.grantId === grant) shelf.delete(id);
        }
      },
    };
  };
}

/** Whether somebody has signed in for it: a session, code or grant names the account, a sign-in that is over says its result. */
const isSomebodys = ({ accountId, result }: AdapterPayload): boolean =>
  accountId !== undefined || result !== undefined;
