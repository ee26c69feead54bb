/** What explain and review say of policy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';
import { day, openBooks, owner, report, result, teams } from './books.ts';

async function told() {
  const books = await openBooks({ policy: { requirements: [{ policy: 'root', requirement: 'non_root_containers' }] } });
  const pay = { owner: owner('acme/pay', 'production'), severity: 'critical', enforcement: 'enforce' } as const;
  const first = result('fail root a', {
    ...{ title: 'Containers run as no root', message: 'runs as\nroot', location: 'a.yaml:3', originalSeverity: 'HIGH' },
  });
  await books.tell({ reports: [report(day(10), [first, result('fail root b', pay), 'pass tags a'])] }, day(10));
  await books.tell({ reports: [report(day(12), ['pass root a', result('fail root b', pay), 'pass tags a'])] }, day(12));
  await books.tell({ reports: [report(day(33), [first, result('fail root b', pay), 'pass tags a'])] }, day(33));
  const block = { engine: 'kyverno', scope: 'cluster:eu', policy: 'root', resource: 'x', owner: owner('acme/pay') };
  await books.tell({ blocks: [{ ...block, id: '1', enforcement: 'enforce', at: day(34) }] }, day(34));
  const exporter = policyExporter(policySchema.parse({}), teams, { now: () => new Date(day(40)) });
  return { books, explain: async (kind: string, id: string) => exporter.explain?.(books.ledger, kind, id), exporter };
}

test('a finding is explained by its life, a policy by what it would block', async () => {
  const { books, explain } = await told();
  const text = (await explain('finding', 'a')) ?? '';
  assert.equal(
    text.replace(/^finding -?\d+/, 'finding N'),
    `finding N: kyverno root (requirement non_root_containers) on a
  Containers run as no root
  runs as root
  a.yaml:3
  the engine calls its severity HIGH
  in cluster:eu, episode 2:
    2026-01-10 00:00 open, high, audit, of sales shop
    2026-01-12 00:00 resolved (fixed), high, audit, of sales shop, last seen 2026-01-10 00:00
    2026-02-02 00:00 open, high, audit, of sales shop`,
  );
  const id = /^finding (-?\d+)/.exec(text)?.[1] ?? '';
  assert.equal(await explain('finding', id), text);
  const policy = await explain('policy', 'root');
  assert.equal(
    policy,
    `policy kyverno root (requirement non_root_containers): violated
  enforce in 1 of its scopes: cluster:eu
  audit in 1 of its scopes: cluster:eu
  1 open (enforce) of ops pay, production, the oldest since 2026-01-10 00:00
  1 open (audit) of sales shop, unassigned, the oldest since 2026-02-02 00:00
  refused 1 requests, the last at 2026-02-03 00:00`,
  );
  assert.equal(await explain('policy', 'kyverno/root'), policy);
  assert.match(
    (await explain('policy', 'tags')) ?? '',
    /: ready\n {2}without a violation since 2026-01-10 00:00\n.*\n {2}nothing violates it now$/,
  );
  for (const [kind, unknown] of [
    ['finding', 'z'],
    ['policy', 'z'],
    ['resource', 'z'],
    ['repository', 'acme/z'],
    ['image', 'a'],
  ] as const)
    assert.equal(await explain(kind, unknown), undefined);
  await books.close();
});

test('a finding whose scope fell silent is explained as one that is not known any more', async () => {
  const books = await openBooks();
  const of = (scope: string, staleDays: number, results: readonly string[]) =>
    books.tell({ reports: [report(day(10), results, { scope })] }, day(10), staleDays);
  await of('cluster:eu', 1, ['fail root a']);
  await of('cluster:us', 365, ['fail root b']);
  const exporter = policyExporter(policySchema.parse({}), teams, { now: () => new Date(day(12)) });
  const explain = async (id: string) => (await exporter.explain?.(books.ledger, 'finding', id)) ?? '';
  assert.match(
    await explain('a'),
    /10 00:00 open, [^\n]*\n {4}not known any more: the scope was last looked at 2026-01-10 00:00$/,
  );
  assert.doesNotMatch(await explain('b'), /not known/);
  await books.close();
});

test('a repository and a resource are explained by who owns them, and by what was found in them', async () => {
  const books = await openBooks();
  const shop = { scope: 'repository:acme/shop', engine: 'checkov' };
  const bucket = result('fail public repository:acme/shop/aws_s3_bucket.data', {
    owner: JSON.stringify({ repository: 'acme/shop', resource: 'aws_s3_bucket.data' }),
  });
  await books.tell({ reports: [{ ...report(day(10), [bucket, 'fail tags a', 'pass tls a']), ...shop }] }, day(10), 5);
  const explain = async (kind: string, id: string, at: string) =>
    policyExporter(policySchema.parse({}), teams, { now: () => new Date(at) }).explain?.(books.ledger, kind, id);
  const text = (await explain('repository', 'Acme/Shop', day(11))) ?? '';
  assert.match(text, /^repository acme\/shop/);
  assert.match(text, /\n {2}team: sales \(by rule "the catalog"/);
  assert.match(text, /\n {2}checkov in repository:acme\/shop: 2 open, last looked at 2026-01-10 00:00$/);
  assert.match((await explain('repository', 'acme/shop', day(20))) ?? '', /: 0 open, last looked at .*, stale$/);
  const resource = (await explain('resource', 'repository:acme/shop/aws_s3_bucket.data', day(11))) ?? '';
  assert.match(resource, /^resource repository:.*\n {2}checkov in repository:acme\/shop: 1 open, last looked at/);
  assert.match((await explain('resource', 'aws_s3_bucket.data', day(11))) ?? '', /team: sales/);
  await books.close();
});

test('a month is reviewed: what was opened and resolved in it, and what is open at its end', async () => {
  const { books, exporter } = await told();
  const review = async (month: string, team?: string) =>
    (await exporter.review?.(books.ledger, { month, ...(team === undefined ? {} : { team }) })) ?? [];
  const parts = await review('2026-02');
  assert.deepEqual(
    parts.map(({ team }) => team),
    [undefined, 'ops', 'sales'],
  );
  const all = parts[0]?.text ?? '';
  for (const line of [
    '# Policy review 2026-02: all teams',
    '| Violations opened | 2 | 0 |',
    '| Violations opened again | 0 | 1 |',
    '| Violations resolved | 1 | 0 |',
    '| Requests refused | 0 | 1 |',
    '| Open at its end | 1 | 2 |',
    '| of them critical or high | 1 | 2 |',
    '| of them enforced | 1 | 1 |',
    '| root | kyverno | non_root_containers | audit | 0 | 1 |',
    '| root | kyverno | non_root_containers | enforce | 1 | 1 |',
  ])
    assert.ok(all.split('\n').includes(line), `${line}\n${all}`);
  assert.match(parts[2]?.text ?? '', /^# Policy review 2026-02: sales\n[\s\S]*\| Open at its end \| 0 \| 1 \|/);
  assert.deepEqual(
    (await review('2026-02', 'ops')).map(({ team }) => team),
    ['ops'],
  );
  assert.deepEqual(await review('2026-02', 'none'), []);
  assert.deepEqual(await review('2025-02'), []);
  await books.close();
});
