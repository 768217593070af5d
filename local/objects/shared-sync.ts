/**
 * `sync` for many at once, as a database commits a group: whoever asks while a sync of the same folder is under way shares the next one with all others who do.
 * Each is answered by one that began after it asked; what that throws, all who share it get.
 */
export function sharedSync(
  sync: (folder: string) => Promise<void>,
): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();
  const begin = async (folder: string): Promise<void> => {
    // The error of those before is theirs.
    await running.get(folder)?.catch(() => undefined);
    waiting.delete(folder);
    const own = sync(folder);
    running.set(folder, own);
    try {
      await own;
    } finally {
      if (running.get(folder) === own) running.delete(folder);
    }
  };
  return (folder) => {
    const shared = waiting.get(folder) ?? begin(folder);
    waiting.set(folder, shared);
    return shared;
  };
}
