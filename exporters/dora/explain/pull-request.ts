/** `plumbline explain pull-request REPOSITORY#NUMBER`: whether and with what it reached production, and its stages. */
import { repositorySlug } from '../../catalog/repository.ts';
import type { Reader, Row } from '../../core/ledger.ts';
import { stagesText } from './deployment.ts';
import { joined, moment, shortSha } from './text.ts';

/** Undefined where the ledger has no such pull request. `acme/shop!7`, as GitLab writes it, is the same. */
export async function explainPullRequest(reader: Reader, id: string): Promise<string | undefined> {
  const [, place = '', number = ''] = /^(.+)[#!](\d+)$/.exec(id.trim()) ?? [];
  const key = { repository: repositorySlug(place) ?? place, number };
  if (number === '') return undefined;
  const [row] = await reader.all(
    `FROM pull_requests WHERE repository = $repository AND number = $number::BIGINT
     QUALIFY row_number() OVER (PARTITION BY repository, number ORDER BY updated_at DESC, learned_at DESC) = 1`,
    key,
  );
  if (row === undefined) return undefined;
  const labels = (row.labels as string[] | null) ?? [];
  const at = (word: string, value: unknown) => (value === null ? '' : `${word} ${moment(value)}`);
  return [
    `pull request ${row.repository}#${row.number} "${row.title}" by ${row.author}: ${row.state}`,
    `  ${joined([
      at('first commit', row.first_commit_at),
      at('opened', row.created_at),
      at('ready', row.ready_at),
      at('first review', row.first_review_at),
      at('approved', row.approved_at),
      at('merged', row.merged_at),
      at('closed', row.closed_at),
    ])}`,
    `  ${joined([
      `from ${row.head} into ${row.base}`,
      row.merge_sha === '' ? '' : `merge commit ${shortSha(row.merge_sha)}`,
      row.reverts === null ? '' : `reverts #${row.reverts}`,
      labels.length === 0 ? '' : `labels ${labels.join(' ')}`,
      String(row.url),
    ])}`,
    ...(await commitLines(reader, key)),
    ...(await deployedLines(reader, key, row)),
  ].join('\n');
}

type Key = { readonly repository: string; readonly number: string };
const ofKey = 'repository = $repository AND number = $number::BIGINT';

async function commitLines(reader: Reader, key: Key): Promise<readonly string[]> {
  const rows = await reader.all(
    `SELECT sha, authored_at FROM pull_request_commits WHERE ${ofKey} ORDER BY authored_at, sha`,
    key,
  );
  return rows.length === 0
    ? []
    : ['  its own commits:', ...rows.map(({ sha, authored_at: at }) => `    ${shortSha(sha)} of ${moment(at)}`)];
}

async function deployedLines(reader: Reader, key: Key, pullRequest: Row): Promise<readonly string[]> {
  const rows = await reader.all(
    `SELECT * FROM (
       FROM deployed_pull_requests WHERE ${ofKey}
       QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC) = 1
     ) ORDER BY occurred_at, deployment, service`,
    key,
  );
  const held = rows.filter(({ holds }) => holds === true);
  const gone = rows.filter(({ holds }) => holds !== true);
  return [
    ...held.map(
      row =>
        `  reached ${row.environment} with ${row.deployment} of ${row.service} at ${moment(row.occurred_at)}: ${stagesText(row)}`,
    ),
    ...gone.map(row => `  no longer taken to have reached ${row.environment} with ${row.deployment} of ${row.service}`),
    ...(held.length > 0
      ? []
      : [
          pullRequest.state === 'merged'
            ? '  has not reached production: no deployment with a known range brought its merge commit, its number or its commits'
            : `  has not reached production: it is ${pullRequest.state}`,
        ]),
  ];
}
