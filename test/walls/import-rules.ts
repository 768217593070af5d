import { type Import, type InternalNames, importsOf, type Target, targetOf } from "./imports.ts";
import {
  importsByName,
  isEffectPackage,
  mayHaveEffects,
  nodeDoors,
  parts,
  publicPackages,
  pureModules,
  readByLib,
  roomOfPromises,
  rooms,
} from "./rooms.ts";
import { isCode, perFile, type Rule, type Source, type Violation } from "./source.ts";

/** What the import rules read of package.json. */
export type Manifest = {
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly imports?: InternalNames;
};

type Judge = (path: string, target: Target, found: Import) => string | undefined;

const inFolder = (folder: string) => (path: string) =>
  isCode(path) && path.startsWith(`${folder}/`);

const judged = (folder: string, manifest: Manifest, judge: Judge): Rule =>
  perFile(inFolder(folder), function* (source) {
    for (const found of importsOf(source)) {
      if (found.specifier === undefined) {
        if (!importsByName.includes(source.path)) yield "imports a computed name";
      } else {
        const target = targetOf(source.path, found.specifier, manifest.imports ?? {});
        const wrong = judge(source.path, target, found);
        if (wrong !== undefined) yield `imports ${found.specifier}: ${wrong}`;
      }
    }
  });

const roomOf = (path: string): string => /^shared\/([^/]+)\//.exec(path)?.[1] ?? "";

function judgeRoom(path: string, target: Target, found: Import): string | undefined {
  const name = roomOf(path);
  const room = rooms[name];
  if (room === undefined) return `shared/${name} is not a room of the house`;
  const file = path.slice(path.lastIndexOf("/") + 1);
  switch (target.kind) {
    case "node":
      return nodeDoors.includes(path) ? undefined : "shared/ is pure";
    case "package":
      return room.packages.some((known) => [target.name, `${target.name}:${file}`].includes(known))
        ? undefined
        : `not a package of ${name}`;
    case "files": {
      const sees = (to: string) =>
        to === name ||
        room.sees.includes(to) ||
        (name === roomOfPromises && found.typeOnly && rooms[to] !== undefined);
      return target.paths.every((to) => sees(roomOf(to))) ? undefined : `${name} may not see it`;
    }
    default:
      return "leads out of the project";
  }
}

/** Imports of shared/ point back only, use their room's packages only and nothing of Node. */
export const roomOrder = (manifest: Manifest): Rule => judged("shared", manifest, judgeRoom);

const isTyped = (name: string, manifest: Manifest): boolean =>
  `@types/${name.replace(/^@/, "").replace("/", "__")}` in (manifest.devDependencies ?? {});

/** Imports of the other parts of the house: which parts they see, and where effects may be. */
export function partOrder(manifest: Manifest): Rule {
  const runtime = manifest.dependencies ?? {};
  const judgeIn =
    (part: string, sees: readonly string[]): Judge =>
    (path, target, found) => {
      const pure = part === "functions" && !mayHaveEffects(path);
      if (target.kind === "node") {
        return pure && !pureModules.has(target.name) ? "effects live in adapters" : undefined;
      }
      if (target.kind === "package") {
        if (pure && !found.typeOnly && isEffectPackage(target.name))
          return "effects live in adapters";
        if (target.name in runtime || (found.typeOnly && isTyped(target.name, manifest))) return;
        const builds = part === "lib" || part === "bin" || part === "bench";
        return builds && target.name in (manifest.devDependencies ?? {})
          ? undefined
          : "not a runtime dependency";
      }
      if (target.kind === "unknown") return "leads out of the project";
      const sure = (to: string) =>
        [part, ...sees].some((seen) => to.startsWith(`${seen}/`)) ||
        (part === "lib" && readByLib.test(to));
      return target.paths.every(sure) ? undefined : `${part}/ may not see it`;
    };
  const rules = Object.entries(parts).map(([part, sees]) =>
    judged(part, manifest, judgeIn(part, sees)),
  );
  return (sources) => rules.flatMap((rule) => rule(sources));
}

/** Files and packages that `source` imports, types too. */
const targetsOf = (source: Source, manifest: Manifest): Target[] =>
  importsOf(source).flatMap(({ specifier }) =>
    specifier === undefined ? [] : [targetOf(source.path, specifier, manifest.imports ?? {})],
  );

/** What package.json exports reaches the public packages only. Types count: the package has a module's JavaScript for its declarations' sake. */
export const publicReach =
  (manifest: Manifest): Rule =>
  (sources) => {
    const code = new Map(sources.map((source) => [source.path, source]));
    const reached = new Set(Object.values(manifest.exports ?? {}).map((path) => path.slice(2)));
    const found: Violation[] = [];
    for (const path of reached) {
      const source = code.get(path);
      for (const target of source ? targetsOf(source, manifest) : []) {
        if (target.kind === "files") for (const to of target.paths) reached.add(to);
        if (target.kind === "package" && !publicPackages.has(target.name))
          found.push({ path, what: `brings ${target.name} into the public package` });
      }
    }
    return found;
  };

/** No file imports itself through others; types count. */
export const noCycles =
  (manifest: Manifest): Rule =>
  (sources) => {
    const code = new Map(sources.filter(({ path }) => isCode(path)).map((s) => [s.path, s]));
    const done = new Set<string>();
    const trail: string[] = [];
    const found: string[][] = [];
    const next = (source: Source) =>
      targetsOf(source, manifest).flatMap((target) =>
        target.kind === "files" ? target.paths : [],
      );
    const visit = (path: string) => {
      const source = code.get(path);
      if (source === undefined || done.has(path)) return;
      if (trail.includes(path)) {
        found.push([...trail.slice(trail.indexOf(path)), path]);
        return;
      }
      trail.push(path);
      for (const to of next(source)) visit(to);
      trail.pop();
      done.add(path);
    };
    for (const path of code.keys()) visit(path);
    return found.map((cycle) => ({ path: cycle[0] ?? "", what: `cycle ${cycle.join(" → ")}` }));
  };
