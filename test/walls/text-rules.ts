import { isCode, perFile, type Rule } from "./source.ts";

// The classes of one letter keep these patterns from finding themselves.
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/(^|[^.\w])\/(wor[k]|far[m]|tm[p]|hom[e]|roo[t]|User[s])\/[A-Za-z]/, "a path of one machine"],
  [/\b[A-Z]:\\\\?User[s]\b/, "a path of one machine"],
  [/registry\.np[m]|registry\.yarnpk[g]|npm\.pkg\.githu[b]/, "a registry's host"],
  [/deb\.debia[n]|pypi\.or[g]|files\.pythonhoste[d]|proxy\.golan[g]/, "a registry's host"],
  [/\b(TOD[O]|FIXM[E]|XX[X]:)/, "unfinished work"],
  [/@ts-ignor[e]|@ts-nochec[k]|@ts-expect-erro[r]|biome-ignor[e]/, "a silenced check"],
  [/expect\(tru[e]\)/, "an empty assertion"],
];

const isLock = (path: string): boolean => path === "package-lock.json";

/** Files speak of the project alone and leave nothing unfinished or silenced. */
export const plainText: Rule = perFile(
  (path) => !isLock(path) && path !== "LICENSE",
  function* ({ text }) {
    for (const [index, line] of text.split("\n").entries()) {
      for (const [pattern, what] of forbidden) {
        if (pattern.test(line)) yield `line ${index + 1}: ${what}`;
      }
    }
  },
);

const vague = /^(utils?|helpers?|managers?|misc|common|stuff)$/;
const vagueEnd = /-(utils?|helpers?|managers?)$/;

/** Names say what a file is about. */
export const tellingNames: Rule = perFile(isCode, function* ({ path }) {
  const segments = path.split("/");
  const stem = (segments.at(-1) ?? "").replace(/\..*$/, "");
  if (/^(data|info)$/.test(stem)) yield `"${stem}" names nothing`;
  for (const part of [...segments.slice(0, -1), stem]) {
    if (vague.test(part) || vagueEnd.test(part)) yield `"${part}" names nothing`;
  }
});

const versions = ["dependencies", "devDependencies", "optionalDependencies"] as const;
const exact = /^\d+\.\d+\.\d+(-[\w.-]+)?$/;

/** package.json names exact versions. */
export const exactVersions: Rule = perFile(
  (path) => path === "package.json",
  function* ({ text }) {
    const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
    for (const [name, version] of versions.flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    )) {
      if (!exact.test(version)) yield `${name} ${version} is not one version`;
    }
  },
);

type Locked = { readonly resolved?: string };

/** The lockfile says which bytes, not from where: any registry serves, so none is named. */
export const lockNamesNoHost: Rule = perFile(isLock, function* ({ text }) {
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
  for (const [path, { resolved }] of Object.entries(packages)) {
    if (resolved !== undefined) yield `${path} is resolved to a place`;
  }
  if (/"[a-z+]+:\/\/[^"]*\.tgz"/.test(text)) yield "names a package's address";
});

/** Optional dependencies of a locked package are locked too: `npm ci` refuses a lock without those of another platform. */
export const lockHasEveryPlatform: Rule = perFile(isLock, function* ({ text }) {
  type Entry = { readonly optionalDependencies?: Record<string, string> };
  const { packages } = JSON.parse(text) as { packages: Record<string, Entry> };
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      const nested = `${path === "" ? "" : `${path}/`}node_modules/${name}`;
      if (!(nested in packages) && !(`node_modules/${name}` in packages)) {
        yield `${path || "the project"} wants ${name}, which is not locked`;
      }
    }
  }
});
