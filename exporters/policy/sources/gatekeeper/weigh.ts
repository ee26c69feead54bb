/**
 * What is told of what was read of a cluster, by what the ledger knows of it: the lines of an audit from several files or
 * posts become one report; a list that Gatekeeper cut tells nothing where the log tells all.
 */
import type { Reader, Transaction } from '../../../core/ledger.ts';
import type { Report, Told } from '../../../findings/report.ts';
import type { Heard } from '../../reading.ts';
import { mergedTold } from '../../told.ts';
import { filledIn, withUnlisted } from './known.ts';
import { forgetLines, keepLines, waitingRuns } from './lines-kept.ts';
import { isWhole, type Run, runReport, unlistedKinds } from './runs.ts';
import { engine } from './violation.ts';

/** An audit that has not finished by then, or is followed by another, never will. */
const unfinishedMs = 30 * 60_000;
/** An audit of the log makes lists in constraints needless for so long. */
export const loggedMs = 6 * 3_600_000;

const instant = (time: string) => Date.parse(time);

/** Whole reports are the log's: a status tells of constraints one by one. */
const isLogged = ({ parts, completeness }: Report): boolean => parts === undefined && completeness === 'complete';

/** When the newest whole audit of each scope began, by the log; milliseconds. */
export async function loggedAudits(reader: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.all(
    'SELECT scope, epoch_ms(max(run))::BIGINT AS run FROM gatekeeper_audits GROUP BY scope',
  );
  return new Map(rows.map(({ scope, run }) => [String(scope), Number(run)]));
}

/** Without lists in constraints of scopes whose log told of an audit shortly before, or since. */
export const withoutLogged = (reports: readonly Report[], audits: ReadonlyMap<string, number>): readonly Report[] =>
  reports.filter(
    ({ scope, parts, evaluatedAt, completeness }) =>
      parts === undefined ||
      completeness === 'failed' ||
      (audits.get(scope) ?? Number.NEGATIVE_INFINITY) < instant(evaluatedAt) - loggedMs,
  );

export async function weigh(tx: Transaction, heard: readonly Heard[], { now }: { readonly now: Date }): Promise<Told> {
  const told = mergedTold(heard.map(each => each.told));
  const { reports = [] } = told;
  const pieces = heard.flatMap(({ pieces: own = [] }) => own.map(({ body }) => body as Run));
  const before = await loggedAudits(tx);
  const newest = new Map(before);
  const note = ({ scope, evaluatedAt }: Report) =>
    newest.set(scope, Math.max(instant(evaluatedAt), newest.get(scope) ?? Number.NEGATIVE_INFINITY));
  for (const report of reports) if (isLogged(report)) note(report);

  // What is older than a whole audit tells since when it was so; to that one itself a late line may still come.
  const isOlder = ({ scope, at }: Run) => instant(at) < (before.get(scope) ?? Number.NEGATIVE_INFINITY);
  const late = pieces.filter(isOlder).map(runReport);
  const isNew = await keepLines(
    tx,
    pieces.filter(run => !isOlder(run)),
    now,
  );

  const runs = isNew || pieces.length + reports.length > 0 ? await waitingRuns(tx) : [];
  const read = runs.map(run => ({ run, report: runReport(run) }));
  for (const { run, report } of read) if (isAll(run, report)) note(report);
  const joined: Report[] = [];
  for (const { run, report } of read) {
    const at = instant(run.at);
    const latest = newest.get(run.scope) ?? Number.NEGATIVE_INFINITY;
    const isOver = now.getTime() - at > unfinishedMs || at < latest || runs.some(other => isLater(other, run));
    if (isAll(run, report)) joined.push(await withUnlisted(tx, report, unlistedKinds(run)));
    else if (isOver && at !== latest) joined.push(report);
  }
  await forgetLines(tx, newest, before);
  const all = withoutLogged(await untold(tx, [...reports, ...late, ...joined]), newest);
  return mergedTold([{ ...told, reports: await filledIn(tx, all) }]);
}

/** No line of it can be on its way any more, as far as the audit itself counted them. */
function isAll(run: Run, { completeness, totals = [], results }: Report): boolean {
  if (!isWhole(run) || completeness !== 'complete') return false;
  const listed = Map.groupBy(results, ({ policy }) => policy);
  return totals.every(({ policy, violations }) => (listed.get(policy)?.length ?? 0) >= violations);
}

const isLater = (other: Run, run: Run): boolean => other.scope === run.scope && other.at > run.at;

/** A log that has grown is read from its beginning: most of its audits are told already. */
async function untold(reader: Reader, reports: readonly Report[]): Promise<readonly Report[]> {
  if (reports.length === 0) return reports;
  const rows = await reader.all(
    `SELECT digest FROM finding_reports
     WHERE engine = $engine AND list_contains(from_json($digests::JSON, '["VARCHAR"]'), digest)`,
    { engine, digests: JSON.stringify(reports.filter(isLogged).map(({ digest }) => digest)) },
  );
  const known = new Set(rows.map(({ digest }) => digest));
  return reports.filter(({ digest }) => !known.has(digest));
}
