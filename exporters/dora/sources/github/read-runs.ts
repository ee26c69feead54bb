/**
 * Reads workflow runs by when they were created, for a filtered list ends after 1,000 results: a window that holds more is
 * halved. The list has the latest attempt of each run; earlier ones are asked for one by one, once. A run that had not
 * ended when it was read is asked for again, and all of the last month are read once a day: one may be run again as long.
 */
import { PlumblineError } from '../../../vendors/github/errors.ts';
import { iso } from './cursor.ts';
import type { Reader, Reading } from './reading.ts';
import { type ReadRun, readRun } from './runs.ts';
import { readAll, runSchema, type Unread } from './shapes.ts';
import type { News } from './store.ts';

const mostResults = 1000;
const dayMs = 86_400_000;
/** Windows of the first reading, so that a kill repeats little. */
const windowMs = 30 * dayMs;
/** The list is an index, which lags behind. */
const overlapMs = 15 * 60_000;
const rerunDays = 31;
const mostUnfinished = 100;

export const readRuns: Reader = async function* (reading) {
  const { context } = reading;
  let { state } = reading;
  const now = context.now().getTime();
  const from = state.runs === undefined ? Date.parse(state.since) : Date.parse(state.runs.until) - overlapMs;
  const isSweep = state.isRead && state.runs !== undefined && now - Date.parse(state.runs.sweptAt) >= dayMs;
  let sweptAt = state.runs?.sweptAt ?? iso(now);
  const begin = isSweep ? Math.min(from, now - rerunDays * dayMs) : from;
  for (let start = begin; start <= now; start += windowMs) {
    const end = Math.min(start + windowMs - 1000, now);
    for await (const { items, last, isCut } of window(reading, start, end)) {
      const until = iso(Math.max(last + 1000, Date.parse(state.runs?.until ?? state.since)));
      state = { ...state, runs: { until, sweptAt } };
      const unread = isCut ? [{ file: `${reading.repository} runs of ${iso(last)}`, reason: 'runs_beyond_1000' }] : [];
      yield { news: await newsOf(reading, items, unread), state };
      context.progress(Math.round((last - begin) / dayMs), Math.round((now - begin) / dayMs), 'days of runs');
    }
  }
  if (isSweep) sweptAt = iso(now);
  const unfinished = await unfinishedOf(reading, begin);
  state = { ...state, runs: { until: state.runs?.until ?? iso(now), sweptAt } };
  yield { news: await newsOf(reading, await againOf(reading, unfinished), []), state };
};

interface Window {
  readonly items: readonly unknown[];
  /** The last second of the window. */
  readonly last: number;
  /** True where one second has more runs than the list gives. */
  readonly isCut: boolean;
}

/** The runs created from the one second to the other, both included; earlier windows first. */
async function* window(reading: Reading, from: number, to: number): AsyncGenerator<Window> {
  const { client, owner, name } = reading;
  const items: unknown[] = [];
  const canHalve = to - from >= 1000;
  const asked = { owner, repo: name, created: `${iso(from)}..${iso(to)}`, exclude_pull_requests: true };
  let isTooLarge = false;
  try {
    for await (const page of client.pages('/repos/{owner}/{repo}/actions/runs', asked)) {
      isTooLarge = (page.total ?? 0) > mostResults;
      if (isTooLarge && canHalve) break;
      items.push(...page.items);
      if (items.length >= mostResults) break;
    }
  } catch (error) {
    // Beyond the window of results GitHub answers 422.
    if (!(error instanceof PlumblineError) || error.details.status !== 422) throw error;
    isTooLarge = true;
    if (!canHalve && items.length === 0) throw error;
  }
  if (!isTooLarge || !canHalve) {
    yield { items, last: to, isCut: isTooLarge };
    return;
  }
  const middle = Math.floor((from + to) / 2000) * 1000;
  yield* window(reading, from, middle);
  yield* window(reading, middle + 1000, to);
}

async function newsOf(reading: Reading, items: readonly unknown[], more: readonly Unread[]): Promise<News> {
  const { client, repository, owner, name } = reading;
  const { runs, unread } = runsOf(reading, items);
  const known = await endedOf(
    reading,
    runs.filter(({ fact }) => fact.attempt > 1).map(({ fact }) => fact.run),
  );
  const earlier: unknown[] = [];
  for (const { fact } of runs) {
    const [id = ''] = fact.run.split('/');
    for (let attempt = 1; attempt < fact.attempt; attempt += 1) {
      if (known.has(`${id}/${attempt}`)) continue;
      const route = '/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}';
      // An attempt is kept as long as its logs are.
      const told = await client
        .get(route, { owner, repo: name, run_id: id, attempt_number: attempt, exclude_pull_requests: true })
        .catch(ifGone);
      if (told !== undefined) earlier.push(told);
    }
  }
  const before = runsOf(reading, earlier);
  return {
    runs: [...before.runs, ...runs],
    unread: [...more, ...unread, ...before.unread].map(one => ({ ...one, file: one.file || repository })),
    records: items.length + earlier.length,
  };
}

function runsOf({ repository }: Reading, items: readonly unknown[]) {
  const { read, unread } = readAll(runSchema, items, { file: repository, kind: 'run' });
  const runs: ReadRun[] = [];
  for (const run of read) {
    const known = readRun(run, repository);
    if (known) runs.push(known);
    else
      unread.push({
        ...{ file: `${repository} run ${run.id}`, reason: 'unknown_status', field: 'conclusion' },
        value: `${run.status} ${run.conclusion}`,
      });
  }
  return { runs, unread };
}

/** Which attempts of these runs are known to have ended. */
async function endedOf({ config, context }: Reading, runs: readonly string[]): Promise<ReadonlySet<string>> {
  if (runs.length === 0) return new Set();
  const rows = await context.ledger.read(reader =>
    reader.all(
      `SELECT run FROM github_runs WHERE source = $source AND finished_at IS NOT NULL
         AND split_part(run, '/', 1) IN (SELECT unnest(from_json($ids::JSON, '["VARCHAR"]')))`,
      { source: config.name, ids: JSON.stringify(runs.map(run => run.split('/')[0])) },
    ),
  );
  return new Set(rows.map(({ run }) => String(run)));
}

/** Runs that were read before they ended, and are not read with those created since `from`. */
async function unfinishedOf({ config, context, repository }: Reading, from: number): Promise<string[]> {
  const rows = await context.ledger.read(reader =>
    reader.all(
      `SELECT run FROM github_runs
       WHERE source = $source AND repository = $repository AND finished_at IS NULL
         AND queued_at < $from::TIMESTAMP AND queued_at > $from::TIMESTAMP - INTERVAL 40 DAY
       ORDER BY queued_at DESC LIMIT $most::BIGINT`,
      { source: config.name, repository, from: iso(from).replace('T', ' ').replace('Z', ''), most: mostUnfinished },
    ),
  );
  return rows.map(({ run }) => String(run));
}

async function againOf({ client, owner, name }: Reading, runs: readonly string[]): Promise<unknown[]> {
  const told: unknown[] = [];
  for (const run of runs) {
    const [id = '', attempt = '1'] = run.split('/');
    const route = '/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}';
    const one = await client.get(route, { owner, repo: name, run_id: id, attempt_number: attempt }).catch(ifGone);
    if (one !== undefined) told.push(one);
  }
  return told;
}

function ifGone(error: unknown): undefined {
  if (error instanceof PlumblineError && error.code === 'GITHUB_NOT_FOUND') return undefined;
  throw error;
}
