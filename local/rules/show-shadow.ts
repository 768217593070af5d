import type { ShadowedLog } from "../../functions/shadow/shadow-log.ts";
import type { Change, Said, ShadowTally } from "../../shared/audit/shadow.ts";
import { differenceOf, type Sum, type Totals, totalsOf } from "../../shared/audit/shadow-totals.ts";
import { formatInstant } from "../../shared/base/instant.ts";
import { type Currency, formatAmount } from "../../shared/base/money.ts";
import type { CompiledPack } from "../../shared/coverage/compile.ts";
import { grouped, readableAmount } from "../terminal/amount.ts";
import type { Column } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Changes that the table shows; `--json` has all. */
const mostShown = 50;

const columns: readonly Column[] = [
  { heading: "claim", align: "left" },
  { heading: "decided", align: "left" },
  { heading: "was", align: "left" },
  { heading: "amount", align: "right" },
  { heading: "would be", align: "left" },
  { heading: "amount", align: "right" },
  { heading: "difference", align: "right" },
];

/** Prints what would change: a table, sums by currency, and what was not looked at. */
export function showShadow(terminal: Terminal, pack: CompiledPack, logs: readonly ShadowedLog[]) {
  const changes = logs.flatMap(({ shadow }) => shadow.changes);
  if (changes.length > 0) {
    terminal.table(columns, changes.slice(0, mostShown).map(rowOf));
    const more = changes.length - mostShown;
    if (more > 0) terminal.line(`… and ${grouped(more)} more: --json has all`);
    terminal.line();
  }
  const { id, version } = pack.pack;
  const judged = sum(logs, (log) => log.shadow.judged);
  terminal.line(
    `${id} version ${version} would change ${grouped(changes.length)} of ${grouped(judged)} decisions of its pack`,
  );
  for (const line of totalsOf(changes).flatMap(totalLines)) terminal.line(line);
  const ruled = changes.filter((change) => change.ruled !== null).length;
  if (ruled > 0) {
    terminal.line(`${grouped(ruled)} of them: a person has ruled since, and the ruling stands (*)`);
  }
  for (const line of apartLines(logs)) terminal.line(line);
  for (const { origin, findings } of logs.filter((log) => log.findings > 0)) {
    terminal.complain(
      `${origin}: the audit has ${grouped(findings)} findings, so this past is not as it was recorded: npm run audit -- verify`,
    );
  }
}

function rowOf(change: Change): string[] {
  const { claim, decidedAt, currency, from, to, ruled } = change;
  const difference = differenceOf(change);
  return [
    `${claim}${ruled === null ? "" : " *"}`,
    formatInstant(decidedAt).slice(0, 10),
    words(from),
    amount(from.minor, currency),
    words(to),
    amount(to.minor, currency),
    `${difference > 0n ? "+" : ""}${amount(difference, currency)} ${currency}`,
  ];
}

const words = ({ outcome, reasonCode }: Said): string => `${outcome} ${reasonCode}`;

const amount = (minor: bigint, currency: Currency): string =>
  readableAmount(minor, currency).replace(` ${currency}`, "");

function totalLines({ currency, inFavour, against, sameAmount, nowReferred, net }: Totals) {
  const said = (of: Sum): string =>
    `${grouped(of.count)} by ${readableAmount(of.minor < 0n ? -of.minor : of.minor, currency)}`;
  const referred =
    nowReferred.count === 0 ? "" : ` (${said(nowReferred)} of these go to a person to decide)`;
  return [
    `  in favour of the insured: ${said(inFavour)}`,
    `  against the insured: ${said(against)}${referred}`,
    `  same amount, other outcome or reason: ${grouped(sameAmount)}`,
    `  together: ${net > 0n ? "+" : ""}${readableAmount(net, currency)}`,
  ];
}

function apartLines(logs: readonly ShadowedLog[]): string[] {
  const apart: readonly (readonly [number, string])[] = [
    [sum(logs, (log) => log.withheld), "withheld"],
    [sum(logs, (log) => log.erased), "erased"],
    [sum(logs, (log) => log.holes), "holes"],
    [sum(logs, (log) => log.shadow.others), "by other packs or none"],
    [sum(logs, (log) => log.shadow.otherCurrency), "in another currency"],
    [sum(logs, (log) => log.shadow.superseded), "superseded"],
    [sum(logs, (log) => log.shadow.rulings), "by persons"],
  ];
  const there = apart.filter(([count]) => count > 0);
  if (there.length === 0) return [];
  return [`not compared: ${there.map(([count, what]) => `${grouped(count)} ${what}`).join(", ")}`];
}

const sum = (logs: readonly ShadowedLog[], of: (log: ShadowedLog) => number): number =>
  logs.reduce((total, log) => total + of(log), 0);

/** The result of `rules shadow --json`; amounts are decimal texts of the currency. */
export function shadowResult(pack: CompiledPack, logs: readonly ShadowedLog[]): object {
  const changes = logs.flatMap(({ origin, shadow }) =>
    shadow.changes.map((change) => ({ origin, ...changeJson(change) })),
  );
  const apart = (of: (tally: ShadowTally) => number) => sum(logs, (log) => of(log.shadow));
  return {
    pack: { id: pack.pack.id, version: pack.pack.version, hash: pack.hash },
    judged: apart((tally) => tally.judged),
    changed: changes.length,
    totals: totalsOf(logs.flatMap(({ shadow }) => shadow.changes)).map(totalsJson),
    notCompared: {
      withheld: sum(logs, (log) => log.withheld),
      erased: sum(logs, (log) => log.erased),
      holes: sum(logs, (log) => log.holes),
      otherPacks: apart((tally) => tally.others),
      otherCurrency: apart((tally) => tally.otherCurrency),
      superseded: apart((tally) => tally.superseded),
      byPersons: apart((tally) => tally.rulings),
    },
    findings: sum(logs, (log) => log.findings),
    changes,
  };
}

function changeJson(change: Change) {
  const { claim, index, decidedAt, currency, from, to, ruled } = change;
  const said = ({ outcome, minor, reasonCode }: Said) => ({
    outcome,
    amount: formatAmount(minor, currency),
    reasonCode,
  });
  return {
    claim,
    index: index.toString(),
    decidedAt: formatInstant(decidedAt),
    currency,
    from: said(from),
    to: said(to),
    difference: formatAmount(differenceOf(change), currency),
    ruledSince: ruled && said(ruled),
  };
}

function totalsJson({ currency, inFavour, against, sameAmount, nowReferred, net }: Totals) {
  const of = ({ count, minor }: Sum) => ({ count, amount: formatAmount(minor, currency) });
  return {
    currency,
    inFavour: of(inFavour),
    against: of(against),
    nowReferred: of(nowReferred),
    sameAmount,
    net: formatAmount(net, currency),
  };
}
