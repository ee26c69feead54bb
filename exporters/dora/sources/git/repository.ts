/** Reads one repository: its new commits and their paths, then its tags and deployments, and where its refs stand now. */
import type { Transaction } from '../../../core/ledger.ts';
import type { Batch, BatchCounts, SourceContext } from '../../../core/source.ts';
import { noteBackfill } from '../../marks.ts';
import { storeFacts } from '../../store-facts.ts';
import { type KnownCommits, readCommits, rejectUndated, type Stored, settleMentions, storeCommits } from './commits.ts';
import type { GitConfig } from './config.ts';
import { assertBranches, branchCandidates, type Candidate, deploymentsOf, tagCandidates } from './deployments.ts';
import { type PathRule, readPaths, storeTouches, touchesBy } from './paths.ts';
import type { Opened } from './places.ts';
import { type KnownRepository, knownRepository, newsOf, type Ref, rangeOf, readRefs } from './refs.ts';

/** How much is read at a time; for tests. */
export interface Portions {
  /** What one transaction takes of a long history. */
  readonly batchBytes?: number;
  readonly sliceBytes?: number;
}

export interface ReadOptions {
  readonly portions: Portions;
  readonly config: GitConfig;
  readonly context: SourceContext;
  readonly pathRules: readonly PathRule[];
}

type Write = (tx: Transaction) => Promise<Stored>;

/** Other sources wait for a transaction. */
const longestMs = 3000;

const nothing: Stored = { records: 0, added: 0, rejected: {} };
/**
 * Batches; none where nothing has changed. What is read at once is one transaction, with what ends it. Throws GIT_NO_BRANCH
 * after all else was read, and what git's processes end with.
 */
export async function* readRepository(opened: Opened, options: ReadOptions): AsyncGenerator<Batch> {
  const { config, context, pathRules, portions } = options;
  const { batchBytes = 16 << 20 } = portions;
  const { repository } = opened;
  const source = config.name;
  const known = await context.ledger.read(reader => knownRepository(reader, source, repository));
  const refs = await readRefs(opened);
  const rules = { services: JSON.stringify(pathRules), deployments: JSON.stringify(config.deployments) };
  const newServices = rules.services !== (known.services ?? '[]');
  const newDeployments = rules.deployments !== known.deployments;
  if (!newServices && !newDeployments && known.services !== undefined && isUnchanged(refs, known))
    return assertBranches(repository, config.deployments, refs);

  const steps = stepsOf(opened, { ...options, known, refs, rules, newServices, newDeployments });
  try {
    let next = await steps.next();
    while (!next.done) {
      const first = next;
      yield {
        cursor: {},
        // What is ready is written while git goes on.
        write: async tx => {
          const until = performance.now() + longestMs;
          let counts: BatchCounts = { records: 0, changed: 0, rejected: {} };
          let bytes = 0;
          next = first;
          while (!next.done && bytes < batchBytes && performance.now() < until) {
            bytes += next.value.size;
            counts = sum(counts, await next.value.write(tx));
            next = await steps.next();
          }
          // Nothing is derived from a history of which a part is missing.
          await noteBackfill(tx, source, repository, next.done ? 'done' : 'running');
          return counts;
        },
      };
      if (next === first) return;
    }
  } finally {
    await steps.return(undefined);
  }
  assertBranches(repository, config.deployments, refs);
}

interface Step {
  readonly size: number;
  readonly write: Write;
}

interface StepOptions extends ReadOptions {
  readonly known: KnownRepository;
  readonly refs: readonly Ref[];
  readonly rules: { readonly services: string; readonly deployments: string };
  readonly newServices: boolean;
  readonly newDeployments: boolean;
}

async function* stepsOf(opened: Opened, options: StepOptions): AsyncGenerator<Step> {
  const { config, context, pathRules, known, refs, rules, newServices, newDeployments } = options;
  const { repository } = opened;
  const source = config.name;
  const news = await newsOf(opened, refs, known);
  let stored = 0;
  let inside: { readonly tx: Transaction; readonly known: KnownCommits } | undefined;
  if (news.tips.length > 0)
    for await (const slice of readCommits(opened, rangeOf(news), options.portions))
      yield {
        size: slice.length,
        write: async tx => {
          if (tx !== inside?.tx) inside = { tx, known: await knownCommits(tx, repository, stored) };
          const { known } = inside;
          const told = await storeCommits(tx, { repository, source, slice, now: context.now(), known });
          stored += told.added;
          context.progress(stored, undefined, 'commits');
          return told;
        },
      };
  if (newServices)
    yield {
      size: 0,
      write: async tx => {
        await tx.run('DELETE FROM commit_services WHERE repository = $repository', { repository });
        // What was derived by the old services is derived anew.
        await tx.run('DELETE FROM changes_derived WHERE repository = $repository', { repository });
        tx.touch('commit_services');
        return nothing;
      },
    };
  const pathNews = newServices ? { tips: [...new Set(refs.map(({ sha }) => sha))], read: [] } : news;
  if (pathRules.length > 0 && pathNews.tips.length > 0) {
    const touches = touchesBy(pathRules);
    for await (const slice of readPaths(opened, rangeOf(pathNews), options.portions)) {
      const rows = await touches.take(slice);
      yield { size: slice.length, write: async tx => storeRows(tx, rows) };
    }
    yield { size: 0, write: async tx => storeRows(tx, touches.rest()) };
  }
  async function storeRows(tx: Transaction, rows: readonly (readonly [string, string])[]): Promise<Stored> {
    await storeTouches(tx, repository, rows, context.now());
    return nothing;
  }

  const candidates: Candidate[] = [];
  const since = newDeployments ? undefined : known.refs;
  for (const rule of config.deployments)
    candidates.push(
      ...(rule.from === 'tags' ? tagCandidates(rule, refs, since) : await branchCandidates(opened, rule, refs, since)),
    );
  yield {
    size: 0,
    write: async tx => {
      if (news.tips.length > 0) await settleMentions(tx, repository);
      const rejected = news.tips.length > 0 ? await rejectUndated(tx, { source, repository, now: context.now() }) : {};
      const tags = await storeTags(tx, options, repository);
      let changed = tags.added;
      let records = tags.records;
      for await (const deployments of deploymentsOf(tx, repository, candidates)) {
        changed += await storeFacts(tx, source, { deployments }, context.now());
        records += deployments.length;
      }
      await keepRefs(tx, { source, repository, refs, rules });
      return { records, added: changed, rejected };
    },
  };
}

/** `stored` of them were told by the history that is being read, which tells none twice. */
async function knownCommits(tx: Transaction, repository: string, stored: number): Promise<KnownCommits> {
  const [row] = await tx.all(
    'SELECT count(*) AS count, coalesce(bool_or(is_partial), false) AS partial FROM commits WHERE repository = $repository',
    { repository },
  );
  return { mayRepeat: Number(row?.count) !== stored, somePartial: row?.partial === true };
}

/** More at once would hold up the event loop. */
const tagsPerStatement = 1000;

/** Tags that are new or have moved. One that has moved says so from now on, whatever its own date. */
async function storeTags(
  tx: Transaction,
  { config, context, refs, known }: StepOptions,
  repository: string,
): Promise<Stored> {
  const now = context.now();
  const moved = refs.filter(({ ref, sha }) => ref.startsWith('refs/tags/') && known.refs.get(ref) !== sha);
  const dates = await commitDates(tx, repository, moved);
  const tags = moved.flatMap(({ ref, sha, at }) => {
    const taggedAt = at === undefined ? dates.get(sha) : new Date(at * 1000).toISOString();
    if (taggedAt === undefined) return [];
    const updatedAt = known.refs.has(ref) ? now.toISOString() : taggedAt;
    return [{ repository, tag: ref.slice('refs/tags/'.length), sha, taggedAt, updatedAt }];
  });
  let added = 0;
  for (let start = 0; start < tags.length; start += tagsPerStatement)
    added += await storeFacts(tx, config.name, { tags: tags.slice(start, start + tagsPerStatement) }, now);
  return { records: tags.length, added, rejected: {} };
}

async function commitDates(
  tx: Transaction,
  repository: string,
  refs: readonly Ref[],
): Promise<ReadonlyMap<string, string>> {
  const undated = refs.filter(({ at }) => at === undefined).map(({ sha }) => sha);
  if (undated.length === 0) return new Map();
  const rows = await tx.all(
    `SELECT sha, strftime(committed_at, '%Y-%m-%dT%H:%M:%SZ') AS at FROM commits
     WHERE repository = $repository AND committed_at IS NOT NULL
       AND sha IN (SELECT unnest(from_json($undated, '["VARCHAR"]')))`,
    { repository, undated: JSON.stringify(undated) },
  );
  return new Map(rows.map(row => [String(row.sha), String(row.at)]));
}

async function keepRefs(
  tx: Transaction,
  kept: { source: string; repository: string; refs: readonly Ref[]; rules: StepOptions['rules'] },
): Promise<void> {
  const { source, repository, refs, rules } = kept;
  const key = { source, repository };
  await tx.run('DELETE FROM git_refs WHERE source = $source AND repository = $repository', key);
  await tx.run(
    `INSERT INTO git_refs SELECT $source, $repository, r.ref, r.sha
     FROM (SELECT unnest(from_json($refs::JSON, '[{"ref":"VARCHAR","sha":"VARCHAR"}]')) AS r)`,
    { ...key, refs: JSON.stringify(refs.map(({ ref, sha }) => ({ ref, sha }))) },
  );
  await tx.run('DELETE FROM git_repositories WHERE source = $source AND repository = $repository', key);
  await tx.run('INSERT INTO git_repositories VALUES ($source, $repository, $services, $deployments)', {
    ...key,
    ...rules,
  });
}

const isUnchanged = (refs: readonly Ref[], known: KnownRepository) =>
  refs.length === known.refs.size && refs.every(({ ref, sha }) => known.refs.get(ref) === sha);

function sum(counts: BatchCounts, { records, added, rejected }: Stored): BatchCounts {
  const all: Record<string, number> = { ...counts.rejected };
  for (const [reason, count] of Object.entries(rejected)) all[reason] = (all[reason] ?? 0) + count;
  return { records: counts.records + records, changed: counts.changed + added, rejected: all };
}
