/** What delivery says of services one by one, for the golden path. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksByName, readSubjects, type SubjectRow, subjectColumns } from '../../exporters/core/subjects.ts';
import type { DeploymentFact } from '../../exporters/dora/facts.ts';
import { deployed, openBooks } from './books.ts';

const now = '2026-03-20T00:00:00Z';

/** `state detail` of each service. */
async function pipelineOf(deployments: readonly DeploymentFact[], dora: unknown = {}): Promise<readonly string[]> {
  const books = await openBooks({ dora });
  await books.tell({ deployments }, now);
  const rows: SubjectRow[] = [];
  const check = checksByName(books.exporter).get('pipeline')!;
  await books.ledger.read(reader =>
    readSubjects(reader, books.exporter.facts, check, [new Date(now)], some => rows.push(...some)),
  );
  await books.close();
  const of = (row: SubjectRow, column: (typeof subjectColumns)[number]) => row[subjectColumns.indexOf(column)] ?? '';
  return rows.map(row => `${of(row, 'state')} ${of(row, 'detail')}`.trim());
}

const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}T12:00:00Z`;
const byHand = deployed('17', day(1), { task: '' });
const byWorkflow = deployed('18', day(2), { task: 'deploy.yml' });
/** As a repository's tags make them. */
const ofTag = deployed('acme/shop@v1.2.0', day(3), { repository: 'acme/shop', ref: 'v1.2.0', task: '' });

test('what no pipeline made, or another than those that are declared, is outside of them', async () => {
  assert.deepEqual(await pipelineOf([byWorkflow]), ['pass']);
  assert.deepEqual(await pipelineOf([byHand, byWorkflow]), ['fail outside of the declared pipelines: by hand']);
  const declared = { pipelines: ['release-*'] };
  assert.deepEqual(await pipelineOf([byWorkflow], declared), ['fail outside of the declared pipelines: deploy.yml']);
  assert.deepEqual(await pipelineOf([deployed('19', day(2), { task: 'Release-eu' })], declared), ['pass']);
});

test('a tag tells nothing of what deployed it: it neither passes nor fails', async () => {
  assert.deepEqual(await pipelineOf([ofTag]), []);
  assert.deepEqual(await pipelineOf([ofTag], { pipelines: ['deploy.yml'] }), []);
  assert.deepEqual(await pipelineOf([ofTag, byWorkflow]), ['pass']);
  assert.deepEqual(await pipelineOf([ofTag, byHand]), ['fail outside of the declared pipelines: by hand']);
});
