/** What `make` gives, made by the first who asks and kept: a module that many load and few need costs them nothing to load. */
export function lazily<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
