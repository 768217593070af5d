import { type CelInput, type CelResult, celEnv, celMap, parse, plan } from "@bufbuild/cel";
import { adjudicate } from "../shared/coverage/adjudicate.ts";
import { caseFacts } from "../shared/coverage/cases.ts";
import { type CompiledPack, compilePack } from "../shared/coverage/compile.ts";
import type { Facts } from "../shared/coverage/facts.ts";
import { functions } from "../shared/coverage/functions.ts";
import { xiangHuBao2 } from "../shared/coverage/packs.ts";
import { variablesOf } from "../shared/coverage/question.ts";
import type { Figure } from "./figure.ts";
import { coreRatesOf } from "./rate.ts";

type Bare = (variables: Record<string, unknown>) => CelResult;

/** Decisions by a pack of about ten rules on its golden cases, beside its expressions alone, planned once, on maps bound beforehand. */
export function deciding(): Figure {
  const pack = compilePack(xiangHuBao2);
  const { cases, dateBasis, rules } = xiangHuBao2;
  const facts = cases.map((each) => caseFacts(dateBasis, each.facts));
  const environment = celEnv({ funcs: functions });
  const bare = new Map(
    rules.map((rule) => {
      const source = rule.then === "REFER" ? undefined : rule.amount;
      const planned = (text: string): Bare => plan(environment, parse(text)) as Bare;
      return [
        rule.id,
        {
          when: planned(rule.when),
          amount: source === undefined ? undefined : planned(source),
        },
      ] as const;
    }),
  );
  const asked = facts.map((each) => {
    const variables = mapsOf(pack, each);
    const trace = adjudicate(pack, each).trace as Record<string, unknown>[];
    const tried = trace.flatMap(({ rule }) => (typeof rule === "string" ? [rule] : []));
    const amount = trace.some((step) => "amount" in step);
    const expressions = tried.flatMap((id) => bare.get(id)?.when ?? []);
    const last = amount ? bare.get(tried.at(-1) ?? "")?.amount : undefined;
    return { variables, expressions: last ? [...expressions, last] : expressions };
  });
  let decision = 0;
  let evaluation = 0;
  return {
    name: "rules.decisions",
    unit: "per core/s",
    limitName: `bare CEL, the same expressions of the same ${rules.length} rules on maps bound beforehand, nothing traced or computed`,
    ...coreRatesOf(
      () => {
        const next = facts[decision++ % facts.length];
        if (next) adjudicate(pack, next);
      },
      () => {
        const next = asked[evaluation++ % asked.length];
        if (next) for (const evaluate of next.expressions) evaluate(next.variables);
      },
    ),
  };
}

/** What expressions see of `facts` as one binds maps for CEL by hand: `claim`, `policy`, `insured`, `p` and `t`, each a map of its fields. */
function mapsOf(pack: CompiledPack, facts: Facts): Record<string, CelInput> {
  const maps = new Map<string, Map<string, CelInput>>();
  const plain: Record<string, CelInput> = {};
  for (const [path, value] of Object.entries(variablesOf(pack, facts))) {
    const [group = "", field] = path.split(".");
    if (value === undefined) continue;
    if (field === undefined) {
      plain[path] = value;
      continue;
    }
    const map = maps.get(group) ?? new Map<string, CelInput>();
    maps.set(group, map.set(field, value));
  }
  return { ...plain, ...Object.fromEntries([...maps].map(([name, map]) => [name, celMap(map)])) };
}
