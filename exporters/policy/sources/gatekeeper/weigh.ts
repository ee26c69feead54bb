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
  // A log that has grown is read from its beginning.
  const reports = await untold(tx, told.reports ?? []);
  const pieces = heard.flatMap(({ pieces: own = [] }) => own.map(({ body }) => body as Run));
  const before = await loggedAudits(tx);
  const newest = new Map(before);
  const note = (scope: string, at: number) => newest.set(scope, Math.max(at, newest.get(scope) ?? at));
  for (const report of reports) if (isLogged(report)) note(report.scope, instant(report.evaluatedAt));

  // What is older than a whole audit tells since when; of that one itself all is known.
  const known = ({ scope }: Run) => before.get(scope) ?? Number.NEGATIVE_INFINITY;
  const late = pieces.filter(run => instant(run.at) < known(run)).map(runReport);
  const added = await keepLines(
    tx,
    pieces.filter(run => instant(run.at) > known(run)),
    now,
  );

  const joined: Report[] = [];
  if (added || pieces.length + reports.length > 0) {
    const runs = await waitingRuns(tx);
    for (const run of runs) if (isWhole(run)) note(run.scope, instant(run.at));
    for (const run of runs) {
      const at = instant(run.at);
      const isOver = now.getTime() - at > unfinishedMs || runs.some(other => isLater(other, run));
      if (isWhole(run)) joined.push(await withUnlisted(tx, runReport(run), unlistedKinds(run)));
      else if (isOver || at < (newest.get(run.scope) ?? at)) joined.push(runReport(run));
    }
  }
  await forgetLines(tx, newest, before);
  const all = withoutLogged([...reports, ...late, ...joined], newest);
  return mergedTold([{ ...told, reports: await filledIn(tx, all) }]);
}

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

const isLater = (other: Run, run: Run): boolean => other.scope === run.scope && other.at > run.at;
