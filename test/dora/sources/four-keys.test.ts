import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openLedger } from '../../../exporters/core/ledger.ts';
import type { PushSource } from '../../../exporters/core/source.ts';
import { fourKeysExport } from '../../../exporters/dora/sources/four-keys/export.ts';
import { fourKeysSources } from '../../../exporters/dora/sources/four-keys/index.ts';
import { isVerified } from '../../../exporters/dora/sources/four-keys/verify.ts';
import { storeFacts } from '../../../exporters/dora/store-facts.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import type { Thing } from '../vendors/gitlab.ts';
import { pagerSecret, requestOf, rowOf, type Sent, secret, sha, week } from './four-keys-events.ts';
import { permutations, readings } from './order.ts';
import { type DoraRun, doraRun, incidentsOf } from './runs.ts';

const admin = { name: 'ci', role: 'admin' } as const;

async function open(t: TestContext, config: Thing = {}, recordsPerBatch?: number) {
  const run = await doraRun(t, {
    config: { four_keys: { secret, pagerduty_secret: pagerSecret, settle: 0, ...config } },
    sources: ({ four_keys: section }) =>
      section?.path !== undefined && recordsPerBatch !== undefined
        ? [fourKeysExport({ ...section, path: section.path }, { recordsPerBatch })]
        : fourKeysSources(section!),
    now: '2023-06-01T00:00:00Z',
    secrets: [secret, pagerSecret],
  });
  return run;
}

async function post(
  run: DoraRun,
  { body, headers }: Pick<ReturnType<typeof requestOf>, 'body' | 'headers'>,
  query = {},
) {
  const source = run.runtime.exporter.sources[0] as PushSource;
  const principal = await source.verify?.(body, headers, query);
  assert.ok(principal, `${JSON.stringify(headers)} is verified`);
  run.clock.now = new Date(run.clock.now.getTime() + 1000);
  return run.runtime.accept(source.name, { body, headers, query, principal });
}

const ledger = async (run: DoraRun) => JSON.stringify(await readings(run), null, 1);

test("a week of the seven systems' events, posted as they were to Four Keys", async t => {
  const run = await open(t);
  for (const event of week) assert.deepEqual((await post(run, requestOf(event))).rejected, {});
  const { deployments, statuses, commits, incidents, pipeline_runs: runs } = await readings(run);
  assert.deepEqual(
    deployments.map(
      row =>
        `${row.deployment} ${row.repository} ${row.environment} ${String(row.sha).slice(0, 2)} ${row.task} ${row.service}`,
    ),
    [
      'argocd:shop@2023-05-07T10:00:00.000Z acme/shop production bb  shop',
      'circleci:wf-1 acme/shop production bb build-and-deploy ',
      'cloud_build:build-1 acme/shop production bb deploy-shop ',
      // Its environment is its own: Four Keys counted it as production.
      'github:1 acme/shop production bb  ',
      'github:2 acme/shop staging bb  ',
      // A pipeline, its job and its deployment are one.
      'gitlab:job:796 acme/api production cc deploy ',
      'tekton:run-1 acme/api production cc deploy ',
    ],
  );
  assert.deepEqual(
    statuses
      .map(row => `${row.deployment} ${row.status} ${row.occurred_at}`)
      .filter(line => /github|gitlab|circle/.test(line)),
    [
      'circleci:wf-1 failure 2023-05-06 10:00:00',
      'circleci:wf-1 running 2023-05-06 09:50:00',
      'github:1 running 2023-05-02 10:01:00',
      'github:1 success 2023-05-02 10:05:00',
      'github:1 success 2023-05-02 10:06:00',
      'github:2 failure 2023-05-02 12:05:00',
      'gitlab:job:796 running 2023-05-03 09:20:00',
      'gitlab:job:796 success 2023-05-03 09:29:00',
    ],
  );
  // A push's commits follow one another, and another push's; those of other branches are none of it.
  assert.deepEqual(
    commits.map(
      row =>
        `${row.repository} ${String(row.sha)[0]} after ${String(row.parents)[0] ?? '-'} ${row.authored_at} ${row.is_partial}`,
    ),
    [
      'acme/api c after - 2023-05-03 08:00:00 true',
      'acme/shop a after - 2023-05-01 09:00:00 true',
      'acme/shop b after d 2023-05-02 09:00:00 true',
      'acme/shop d after a 2023-05-01 08:00:00 true',
    ],
  );
  assert.deepEqual(await incidentsOf(run), [
    'github:acme/shop#9 resolved - 05-02T11:00 05-02T11:30',
    // Four Keys had it resolved when it was triggered.
    'pagerduty:PGR0VU2 resolved checkout 05-04T08:00 05-04T09:00',
  ]);
  assert.equal(incidents[0]?.root_cause_sha, sha('b'));
  assert.deepEqual(
    runs.map(row => row.run),
    ['gitlab:31'],
  );
});

test('twice, late and in any order they make the same ledger', async t => {
  const found = new Set<string>();
  const orders: (readonly Sent[])[] = [
    week,
    [...week].reverse(),
    [...week.filter((_, index) => index % 2), ...week.filter((_, index) => index % 2 === 0)],
  ];
  for (const order of orders) {
    const run = await open(t);
    for (const event of [...order, ...order.slice(0, 5)]) await post(run, requestOf(event));
    found.add(await ledger(run));
  }
  const statuses = week.filter(({ type }) => type === 'deployment_status').slice(0, 3);
  const small = new Set<string>();
  for (const order of permutations(statuses)) {
    const run = await open(t);
    for (const event of order) await post(run, requestOf(event));
    small.add(await ledger(run));
  }
  assert.deepEqual([found.size, small.size], [1, 1]);
});

test('an issue that loses the label is no incident any more; Four Keys had it for ever', async t => {
  const labelled = week.find(({ type }) => type === 'issues')!;
  const unlabelled = {
    ...labelled,
    body: {
      ...labelled.body,
      ...{ action: 'unlabeled', label: { name: 'Incident' } },
      issue: { ...(labelled.body.issue as Thing), labels: [], updated_at: '2023-05-02T11:10:00Z' },
    },
  };
  for (const order of [
    [labelled, unlabelled],
    [unlabelled, labelled],
  ]) {
    const run = await open(t);
    for (const event of order) await post(run, requestOf(event));
    assert.deepEqual(await incidentsOf(run), []);
  }
});

test('GitLab pipelines count as they did where it is asked for, of the default branch', async t => {
  const run = await open(t, { gitlab_pipelines: 'deployments', environment: 'live' });
  const pipeline = week.find(({ type }) => type === 'pipeline')!;
  await post(run, requestOf(pipeline));
  const attributes = pipeline.body.object_attributes as Thing;
  await post(
    run,
    requestOf({
      ...pipeline,
      body: { ...pipeline.body, object_attributes: { ...attributes, id: 32, ref: 'feature' } },
    }),
  );
  const { deployments } = await readings(run);
  assert.deepEqual(
    deployments.map(row => `${row.deployment} ${row.environment}`),
    ['gitlab:pipeline:31 live'],
  );
});

test('a commit of a push gives way to the one that its repository has', async t => {
  const run = await open(t);
  await post(run, requestOf(week[0]!));
  const whole = {
    ...{
      repository: 'acme/shop',
      sha: sha('a'),
      parents: [sha('9')],
      authoredAt: '2023-04-30T00:00:00Z',
      committedAt: '2023-05-01T09:00:00Z',
    },
    ...{ authorName: 'Ada', authorEmail: 'ada@example.com', subject: 'change' },
  };
  await run.runtime.ledger.write(tx => storeFacts(tx, 'git', { commits: [whole] }, run.clock.now));
  await post(run, requestOf({ ...week[0]!, body: { ...week[0]!.body, again: true } }));
  const { commits } = await readings(run);
  assert.deepEqual(
    commits.map(row => [row.parents, row.authored_at, row.is_partial]),
    [[sha('9'), '2023-04-30 00:00:00', false]],
  );
});

describe('its checks', () => {
  for (const event of [...new Map(week.map(one => [one.system, one])).values()])
    test(`${event.system}: only its own signature or token opens it`, () => {
      const { body, headers } = requestOf(event);
      const config = { secret, pagerduty_secret: pagerSecret };
      assert.equal(isVerified(config, body, headers), true);
      const tampered = Buffer.from(`${body} `);
      const isToken = ['gitlab', 'tekton', 'cloud_build', 'argocd'].includes(event.system);
      assert.equal(isVerified(config, tampered, headers), isToken, 'a signature is of the body');
      assert.equal(isVerified({ secret: 'x', pagerduty_secret: 'y' }, body, headers), false);
      assert.equal(isVerified({ secret: undefined, pagerduty_secret: undefined }, body, headers), false);
      const bare = Object.fromEntries(Object.entries(headers).filter(([name]) => !/signature|token|secret/.test(name)));
      assert.equal(
        isVerified(config, body, { ...bare, ...(event.system === 'pagerduty' ? { 'x-pagerduty-signature': '' } : {}) }),
        false,
      );
    });

  test('GitHub is held to the better of two signatures; Tekton may bring its secret in the address', () => {
    const { body, headers } = requestOf(week[0]!);
    assert.equal(isVerified({ secret }, body, { ...headers, 'x-hub-signature-256': 'sha256=0' }), false);
    const { 'tekton-secret': _, ...others } = requestOf(week.find(({ system }) => system === 'tekton')!).headers;
    assert.equal(isVerified({ secret }, body, others, { 'tekton-secret': secret }), true);
    assert.equal(isVerified({ secret }, body, others, { 'tekton-secret': 'x' }), false);
  });

  test('a team may not post, and without secrets a token is asked for', async t => {
    const run = await open(t);
    const { body, headers } = requestOf(week[0]!);
    const principal = { name: 'shop', role: 'team', team: 'shop' } as const;
    await assert.rejects(run.runtime.accept('four-keys', { body, headers, principal }), /refused what shop posted/);
    const without = await open(t, { secret: undefined, pagerduty_secret: undefined });
    assert.equal((without.runtime.exporter.sources[0] as PushSource).verify, undefined);
  });
});

test("messages of Pub/Sub: Cloud Build's, and those of Four Keys' own topics", async t => {
  const direct = await open(t);
  const wrapped = await open(t);
  for (const event of week) {
    const request = requestOf(event);
    await post(direct, request);
    const { authorization: _, ...headers } = request.headers as Record<string, string>;
    // The handler put the headers as sent beside the message.
    const asSent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.replace(/(^|-)[a-z]/g, letter => letter.toUpperCase()),
        value,
      ]),
    );
    const attributes =
      event.system === 'cloud_build'
        ? { buildId: 'build-1' }
        : event.system === 'argocd'
          ? {}
          : { headers: JSON.stringify(asSent) };
    const body = Buffer.from(
      JSON.stringify({
        message: { data: request.body.toString('base64'), attributes, messageId: '1' },
        subscription: 's',
      }),
    );
    await post(wrapped, { body, headers: { 'user-agent': 'APIs-Google' } }, { 'four-keys-secret': secret });
  }
  assert.equal(await ledger(wrapped), await ledger(direct));
});

describe('what can not be read', () => {
  test('no JSON, and a sender that is none of the seven', async t => {
    const run = await open(t);
    const refuse = (body: string, headers = {}) =>
      run.runtime.accept('four-keys', { body: Buffer.from(body), headers, principal: admin });
    await assert.rejects(refuse('Hello', { 'user-agent': 'GitHub-Hookshot' }), /the body is not JSON/);
    await assert.rejects(refuse('{}', { 'user-agent': 'curl/8' }), /its headers name none of github, gitlab, tekton/);
  });

  test('a field that is wrong is named; made-up events of the data generator are left out', async t => {
    const run = await open(t);
    const status = week.find(({ type }) => type === 'deployment_status')!;
    const broken = {
      ...status,
      body: { ...status.body, deployment_status: { ...(status.body.deployment_status as Thing), updated_at: 'soon' } },
    };
    assert.deepEqual((await post(run, requestOf(broken))).rejected, { unreadable_event: 1 });
    assert.deepEqual((await post(run, requestOf({ ...status, headers: { mock: 'True' } }))).rejected, {
      mock_event: 1,
    });
    const cut = { ...week[9]!, body: { ...week[9]!.body, total_commits_count: 40 } };
    assert.deepEqual((await post(run, requestOf(cut))).rejected, { push_cut: 1 });
    assert.deepEqual(await run.rows('SELECT reason, field, value FROM rejects ORDER BY ALL'), [
      { reason: 'mock_event', field: null, value: null },
      { reason: 'push_cut', field: 'commits', value: '1 of 40' },
      { reason: 'unreadable_event', field: 'deployment_status.updated_at', value: '"soon": expected a time' },
    ]);
  });
});

describe('exports of events_raw', () => {
  const folderOf = (t: TestContext) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-four-keys-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };
  const rows = week.map(rowOf);
  const columns = ['event_type', 'id', 'metadata', 'time_created', 'signature', 'msg_id', 'source'];
  const cell = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`;
  const csv = [columns.join(), ...rows.map(row => columns.map(name => cell(row[name])).join())].join('\n').concat('\n');
  const jsonLines = rows
    .map(row => JSON.stringify(row))
    .join('\n')
    .concat('\n');

  /** As BigQuery writes it: times of microseconds with a zone. */
  async function parquet(file: string) {
    const json = `${file}.rows`;
    writeFileSync(json, jsonLines);
    const books = await openLedger({ path: ':memory:' });
    await books.read(reader =>
      reader.run(
        `COPY (SELECT * REPLACE (replace(time_created, ' UTC', '+00')::TIMESTAMPTZ AS time_created)
               FROM read_json('${json}', format = 'newline_delimited', columns = {${columns.map(name => `'${name}': 'VARCHAR'`).join()}}))
         TO '${file}' (FORMAT parquet)`,
      ),
    );
    await books.close();
    rmSync(json);
  }

  const writers: Readonly<Record<string, (file: string) => void | Promise<void>>> = {
    'events.csv': file => writeFileSync(file, csv),
    'events.csv.gz': file => writeFileSync(file, gzipSync(csv)),
    'events.jsonl': file => writeFileSync(file, jsonLines),
    'events.json.gz': file => writeFileSync(file, gzipSync(jsonLines)),
    'events.parquet': parquet,
  };

  test('CSV, JSON lines and Parquet, compressed or not, are what was posted', async t => {
    const posted = await open(t);
    for (const event of week) await post(posted, requestOf(event));
    const expected = await ledger(posted);
    for (const [name, write] of Object.entries(writers)) {
      const file = path.join(folderOf(t), name);
      await write(file);
      const run = await open(t, { path: file });
      const result = await run.refresh();
      assert.deepEqual([result.error, result.records, result.rejected], [undefined, week.length, {}], name);
      assert.equal(await ledger(run), expected, name);
      assert.deepEqual(await run.rows('FROM backfills'), []);
      assert.deepEqual((await run.refresh()).records, 0, 'a file that was read is not read again');
      // What was posted already, and is posted again, changes nothing.
      for (const event of week.slice(3, 6)) await post(run, requestOf(event));
      assert.equal(await ledger(run), expected, name);
    }
  });

  test('read by a few records at a time, and killed between them, it ends the same', async t => {
    const folder = folderOf(t);
    const file = path.join(folder, 'events.jsonl');
    writeFileSync(file, jsonLines);
    const whole = await open(t, { path: file });
    await whole.refresh();
    const run = await open(t, { path: file }, 3);
    const source = run.runtime.exporter.sources[0]!;
    assert.ok(source.kind === 'read');
    const context = {
      ledger: run.runtime.ledger,
      now: () => run.clock.now,
      signal: new AbortController().signal,
      progress: () => undefined,
      log: { error: assert.fail },
    };
    let cursor: unknown;
    let killed = 0;
    for (let isDone = false; !isDone; ) {
      isDone = true;
      for await (const batch of source.batches(context as never, cursor)) {
        await run.runtime.ledger.write(batch.write);
        cursor = JSON.parse(JSON.stringify(batch.cursor));
        if (batch.cursor === undefined || !('after' in (batch.cursor as object))) continue;
        // Killed after every batch.
        isDone = false;
        killed += 1;
        assert.equal((await run.rows('FROM backfills')).length, 1);
        break;
      }
    }
    assert.ok(killed >= 6);
    assert.equal(await ledger(run), await ledger(whole));
    assert.deepEqual(await run.rows('FROM backfills'), []);
  });

  test('bad records are counted with their line, and the rest is read', async t => {
    const folder = folderOf(t);
    const bad = [
      '{"event_type": "push", "source": "github", "metadata": "{\\"cut"}',
      'no json at all',
      '[1]',
      JSON.stringify({ event_type: 'push', source: 'jenkins', metadata: '{}' }),
      JSON.stringify({ ...rows[3], source: 'githubmock' }),
      JSON.stringify({ event_type: 'check_run', source: 'github', metadata: 'not even read' }),
    ];
    writeFileSync(path.join(folder, 'events.jsonl'), `${bad.join('\n')}\n${jsonLines}`);
    const run = await open(t, { path: folder });
    const result = await run.refresh();
    assert.deepEqual(result.rejected, {
      unreadable_metadata: 1,
      not_json: 1,
      not_an_object: 1,
      unknown_source: 1,
      mock_event: 1,
    });
    assert.deepEqual(
      (await run.rows('SELECT line, reason FROM rejects ORDER BY line')).map(row => `${row.line} ${row.reason}`),
      ['1 unreadable_metadata', '2 not_json', '3 not_an_object', '4 unknown_source', '5 mock_event'],
    );
    assert.equal((await readings(run)).deployments.length, 7);
  });

  test('a file that is cut, still being written or without its columns is no export, and says why', async t => {
    const folder = folderOf(t);
    const cut = (name: string, bytes: number) => truncateSync(path.join(folder, name), bytes);
    for (const [name, write] of Object.entries(writers)) await write(path.join(folder, name));
    cut('events.csv', csv.length - 30);
    cut('events.csv.gz', 200);
    cut('events.json.gz', 200);
    cut('events.parquet', 3000);
    writeFileSync(path.join(folder, 'columns.csv'), 'event_type,source\npush,github\n');
    writeFileSync(path.join(folder, 'empty.jsonl'), '');
    writeFileSync(path.join(folder, 'events.jsonl'), jsonLines.slice(0, -1));
    const run = await open(t, { path: folder });
    const result = await run.refresh();
    assert.equal(result.waiting, 1);
    const states = await run.rows(`SELECT parse_filename(path) AS name, state, reason FROM files ORDER BY ALL`);
    assert.deepEqual(
      states.map(row => `${row.name} ${row.state} ${row.reason}`),
      [
        'columns.csv broken missing_column',
        'empty.jsonl broken empty',
        'events.csv broken unbalanced_quotes',
        'events.csv.gz broken truncated_gzip',
        'events.json.gz broken truncated_gzip',
        'events.jsonl waiting no_final_newline',
        'events.parquet broken truncated_parquet',
      ],
    );
    assert.deepEqual((await readings(run)).deployments, []);
    // Finished, or unchanged for an hour, it is read.
    appendFileSync(path.join(folder, 'events.jsonl'), '\n');
    await run.refresh();
    assert.equal((await readings(run)).deployments.length, 7);
  });

  test('a file that is young waits where it must settle; a path that means nothing is an error', async t => {
    const file = path.join(folderOf(t), 'events.csv');
    writeFileSync(file, csv);
    const run = await open(t, { path: file, settle: 3600 });
    assert.equal((await run.refresh()).waiting, 1);
    const old = new Date(Date.now() - 7200_000);
    utimesSync(file, old, old);
    assert.equal((await run.refresh()).records, week.length);
    const nowhere = await open(t, { path: path.join(path.dirname(file), 'no-such') });
    assert.match((await nowhere.refresh()).error ?? '', /found no export of Four Keys at/);
  });
});

describe("Four Keys' own test payloads", () => {
  const folder = path.join(corpus, 'dora/fourkeys/test-payloads');
  const expected: Readonly<
    Record<string, { readonly request: Pick<Sent, 'system' | 'type'>; readonly field: string }>
  > = {
    'github-01.json': { request: { system: 'github', type: 'pull_request' }, field: 'repository.full_name' },
    'github-02.json': { request: { system: 'github', type: 'issues' }, field: 'repository.full_name' },
    'gitlab-01.json': { request: { system: 'gitlab', type: 'push' }, field: 'project' },
    'gitlab-02.json': { request: { system: 'gitlab', type: 'deployment' }, field: 'project' },
    'cloud-build-01.json': { request: { system: 'cloud_build', type: 'build' }, field: 'id' },
    'circleci-01.json': { request: { system: 'circleci', type: 'workflow-completed' }, field: 'workflow' },
    'argocd-01.json': { request: { system: 'argocd', type: 'deployment' }, field: 'status' },
    'pagerduty-01.json': { request: { system: 'pagerduty', type: 'incident.triggered' }, field: 'event.data' },
  };

  test('are told apart and verified; they are fragments, and the field that each lacks is named', async t => {
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch {
      return t.skip('dora/fourkeys is not in PLUMBLINE_CORPUS');
    }
    assert.deepEqual(names.sort(), Object.keys(expected).sort());
    const run = await open(t);
    for (const name of names) {
      const { request, field } = expected[name]!;
      const body = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Thing;
      assert.deepEqual((await post(run, requestOf({ ...request, body }))).rejected, { unreadable_event: 1 }, name);
      const [reject] = await run.rows(
        `SELECT field FROM rejects WHERE file LIKE '${request.system} ${request.type} %'`,
      );
      assert.equal(reject?.field, field, name);
    }
  });

  test('its schema of events_raw names the columns that are read', t => {
    let text: string;
    try {
      text = readFileSync(path.join(corpus, 'dora/fourkeys/events_raw_schema.json'), 'utf8');
    } catch {
      return t.skip('dora/fourkeys is not in PLUMBLINE_CORPUS');
    }
    const names = (JSON.parse(text) as readonly { readonly name: string }[]).map(({ name }) => name);
    assert.deepEqual(names, ['event_type', 'id', 'metadata', 'time_created', 'signature', 'msg_id', 'source']);
  });
});
