/**
 * Reads the history of commits, where there is no clone: from the default branch, and from what was deployed or pushed and
 * is not in it, down to what is known or older than the first reading.
 */
import { z } from 'zod';
import type { CommitFact } from '../../facts.ts';
import { messageOf } from '../../message.ts';
import { defaultBranchQuery, historyQuery } from './queries.ts';
import { answerOf, nextCursor, pageInfoSchema, type Reader, type Reading } from './reading.ts';
import { readAll } from './shapes.ts';

const mostHeads = 50;

const commitSchema = z.object({
  oid: z.string(),
  message: z.string(),
  authoredDate: z.string(),
  committedDate: z.string(),
  author: z.object({ name: z.string().nullish(), email: z.string().nullish() }).nullish(),
  parents: z.object({ nodes: z.array(z.object({ oid: z.string() })) }),
});

const branchSchema = z.object({
  repository: z.object({
    defaultBranchRef: z.object({ name: z.string(), target: z.object({ oid: z.string() }) }).nullish(),
  }),
});

const historySchema = z.object({
  repository: z.object({
    object: z
      .object({ history: z.object({ pageInfo: pageInfoSchema, nodes: z.array(z.unknown()) }).optional() })
      .nullish(),
  }),
});

export const readCommits: Reader = async function* (reading) {
  const { client, repository, owner, name, context } = reading;
  let { state } = reading;
  const interrupted = state.commits;
  const told = answerOf(branchSchema, await client.graphql(defaultBranchQuery, { owner, name }), 'DefaultBranch');
  const head = told.repository.defaultBranchRef?.target.oid;
  const heads: { readonly head: string; readonly after: string | null }[] = [
    ...(interrupted ? [interrupted] : []),
    ...(head === undefined ? [] : [{ head, after: null }]),
  ];
  let records = 0;
  for (let round = 0; round < 2; round += 1) {
    for (const { head: from, after: begin } of heads) {
      if (begin === null && (await unknownOf(reading, [from])).size === 0) continue;
      for (let after = begin; ; ) {
        const asked = { owner, name, head: from, after, since: state.since };
        const answer: z.infer<typeof historySchema> = answerOf(
          historySchema,
          await client.graphql(historyQuery, asked, { partial: true }),
          'History',
        );
        // A commit that is in no branch any more, such as of a branch that was forced, may be gone.
        const history = answer.repository.object?.history;
        if (!history) break;
        const { read, unread } = readAll(commitSchema, history.nodes, { file: repository, kind: 'commit' });
        const unknown = await unknownOf(
          reading,
          read.map(({ oid }) => oid),
        );
        // What an interrupted reading has left out lies behind what is known.
        const isDone = unknown.size === 0 && begin === null;
        const next: string | undefined = isDone ? undefined : nextCursor(history.pageInfo, after);
        const { commits: _, ...rest } = state;
        state = next === undefined ? rest : { ...rest, commits: { head: from, after: next } };
        const commits = read.map(commit => commitFact(repository, commit));
        yield { news: { commits, unread, records: read.length }, state };
        records += read.length;
        context.progress(records, undefined, `commits of ${repository}`);
        if (next === undefined) break;
        after = next;
      }
    }
    // Only now is it known what the branch does not hold.
    heads.splice(0, heads.length, ...(await wantedOf(reading)).map(one => ({ head: one, after: null })));
  }
};

async function unknownOf({ context, repository }: Reading, shas: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await context.ledger.read(reader =>
    reader.all(
      `SELECT sha FROM (SELECT unnest(from_json($shas::JSON, '["VARCHAR"]')) AS sha)
       WHERE sha NOT IN (SELECT c.sha FROM commits AS c WHERE c.repository = $repository)`,
      { repository, shas: JSON.stringify(shas) },
    ),
  );
  return new Set(rows.map(({ sha }) => String(sha)));
}

/** Commits that were deployed or pushed since the first reading's begin, and are not known; newest first. */
async function wantedOf({ config, context, repository, state }: Reading): Promise<string[]> {
  const rows = await context.ledger.read(reader =>
    reader.all(
      `SELECT sha FROM (
         SELECT sha, max(created_at) AS wanted_at FROM deployments
         WHERE source = $source AND repository = $repository AND length(sha) >= 40 AND created_at > $since::TIMESTAMP
         GROUP BY sha
         UNION ALL
         SELECT body::JSON ->> 'sha', said_at FROM github_parts
         WHERE source = $source AND repository = $repository AND kind = 'branch' AND said_at > $since::TIMESTAMP
       ) AS wanted
       WHERE sha NOT IN (SELECT c.sha FROM commits AS c WHERE c.repository = $repository)
       GROUP BY sha ORDER BY max(wanted_at) DESC LIMIT $most::BIGINT`,
      { source: config.name, repository, since: state.since.slice(0, 19), most: mostHeads },
    ),
  );
  return rows.map(({ sha }) => String(sha));
}

function commitFact(repository: string, commit: z.infer<typeof commitSchema>): CommitFact {
  const { oid, message, authoredDate, committedDate, author, parents } = commit;
  return {
    ...{ repository, sha: oid, parents: parents.nodes.map(parent => parent.oid) },
    ...{ authoredAt: authoredDate, committedAt: committedDate },
    ...{ authorName: author?.name ?? '', authorEmail: author?.email ?? '', ...messageOf(message) },
  };
}
