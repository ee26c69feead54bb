/**
 * Reads issues as they were updated, oldest first, for those that are or were incidents; and looks whether known incidents
 * are still there, for of one that is deleted or moved no list says anything.
 */
import { z } from 'zod';
import { fold } from '../../../catalog/refs.ts';
import { wildcard } from '../../../catalog/wildcard.ts';
import { iso } from './cursor.ts';
import { deletedPart, labelPart, snapshotPart } from './issues.ts';
import type { Part } from './parts.ts';
import { issuesQuery, knownIssuesQuery } from './queries.ts';
import { answerOf, nextCursor, pageInfoSchema, type Reader, type Reading } from './reading.ts';
import { readAll } from './shapes.ts';

const checkedAtOnce = 50;
const dayMs = 86_400_000;

const nodeSchema = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['OPEN', 'CLOSED']),
  stateReason: z.string().nullish(),
  url: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  closedAt: z.string().nullish(),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullish(),
  timelineItems: z.object({ nodes: z.array(z.object({ label: z.object({ name: z.string() }).optional() })) }),
});

const answerSchema = z.object({
  repository: z.object({
    issues: z.object({
      pageInfo: pageInfoSchema,
      nodes: z.array(z.unknown()),
    }),
  }),
});

export const readIssues: Reader = async function* (reading) {
  const { client, config, context, repository, owner, name } = reading;
  let { state } = reading;
  const isIncident = wildcard(config.incident_labels, true);
  const since = state.issues?.since ?? state.since;
  const checkedAt = state.issues?.checkedAt ?? iso(context.now());
  const [label = ''] = config.incident_labels;
  // Of the past only those that bear the one label are asked for; later, one may have lost it.
  const isFirst = !state.isRead && config.incident_labels.length === 1 && !/[*?]/.test(label);
  const filter = { since, ...(isFirst ? { labels: [label] } : {}) };
  for (let after: string | null = null; ; ) {
    const told = await client.graphql(issuesQuery, { owner, name, after, filter });
    const answer: z.infer<typeof answerSchema> = answerOf(answerSchema, told, 'Issues');
    const { pageInfo, nodes } = answer.repository.issues;
    const { read, unread } = readAll(nodeSchema, nodes, { file: repository, kind: 'issue' });
    const parts = read.flatMap((node): Part[] => {
      const labels = (node.labels?.nodes ?? []).map(one => one.name);
      const had = node.timelineItems.nodes.flatMap(one => (one.label ? [one.label.name] : [])).filter(isIncident);
      if (had.length === 0 && !labels.some(isIncident)) return [];
      return [
        snapshotPart(repository, node.number, 'read', {
          ...{ title: node.title, body: node.body ?? '', url: node.url, labels },
          ...{ state: node.state === 'OPEN' ? 'open' : 'closed', reason: node.stateReason ?? '' },
          ...{ createdAt: node.createdAt, updatedAt: node.updatedAt, closedAt: node.closedAt ?? '' },
        }),
        ...had.map(one => labelPart(repository, node.number, one)),
      ];
    });
    const next = nextCursor(pageInfo, after);
    state = { ...state, issues: { since: read.at(-1)?.updatedAt ?? since, checkedAt } };
    yield { news: { parts, unread, records: read.length }, state };
    if (next === undefined) break;
    after = next;
  }
  const isDue = context.now().getTime() - Date.parse(checkedAt) >= dayMs;
  const known = await knownOf(reading, isDue);
  for (let start = 0; start < known.length; start += checkedAtOnce) {
    const numbers = known.slice(start, start + checkedAtOnce);
    const gone = await goneOf(reading, numbers);
    const parts = gone.map(number => deletedPart(repository, number));
    yield { news: { parts, records: numbers.length }, state };
  }
  if (isDue) {
    state = { ...state, issues: { since: state.issues?.since ?? since, checkedAt: iso(context.now()) } };
    yield { news: { records: 0 }, state };
  }
};

/** Incidents that are open, and where all are due those of the last 90 days; by number. */
async function knownOf({ config, context, repository }: Reading, all: boolean): Promise<number[]> {
  const rows = await context.ledger.read(reader =>
    reader.all(
      `SELECT split_part(incident, '#', 2)::BIGINT AS number FROM incidents
       WHERE source = $source AND repository = $repository
       GROUP BY incident
       HAVING NOT bool_or(is_deleted)
         AND (arg_max(status, (updated_at, learned_at)) = 'open' OR $all AND max(updated_at) > $since::TIMESTAMP)
       ORDER BY number DESC`,
      { source: config.name, repository, all, since: iso(context.now().getTime() - 90 * dayMs).slice(0, 19) },
    ),
  );
  return rows.map(({ number }) => Number(number));
}

const knownSchema = z.object({
  repository: z.record(
    z.string(),
    z.object({ number: z.int(), repository: z.object({ nameWithOwner: z.string() }) }).nullable(),
  ),
});

async function goneOf({ client, owner, name }: Reading, numbers: readonly number[]): Promise<number[]> {
  const answer = await client.graphql(knownIssuesQuery(numbers), { owner, name }, { partial: true });
  const { repository } = answerOf(knownSchema, answer, 'KnownIssues');
  return numbers.filter(number => {
    const told = repository[`i${number}`];
    return told === null || (told !== undefined && fold(told.repository.nameWithOwner) !== `${owner}/${name}`);
  });
}
