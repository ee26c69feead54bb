import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conftestPolicy } from '../../../exporters/policy/sources/conftest/identity.ts';
import { corpusFile, countBy, keysOf, readAs, reportOf } from '../reading.ts';

const said = (msg: string, metadata: object = {}) => ({ msg, metadata });
const row = (more: object = {}) => ({ filename: 'k8s/web.yaml', namespace: 'main', successes: 1, ...more });
const read = async (...rows: readonly object[]) => readAs('conftest', JSON.stringify(rows));

test('failures are refusals, warnings warnings, exceptions excepted, and successes are counted', async () => {
  const report = reportOf(
    await read(
      row({
        failures: [said('"web" runs as root', { query: 'data.main.deny_root', severity: 'high' })],
        warnings: [said('"web" has no limits', { query: 'data.main.warn_limits' })],
        exceptions: [{ msg: 'data.main.exception[_][_] == "untagged"' }],
        skipped: [said('not looked at', { query: 'data.main.deny_later' })],
      }),
      row({ filename: 'k8s/api.yaml', successes: 3 }),
    ),
  );
  assert.deepEqual(
    report.results.map(({ policy, outcome, enforcement, severity }) => [policy, outcome, enforcement, severity]),
    [
      ['main/root', 'fail', 'enforce', 'high'],
      ['main/limits', 'fail', 'warn', 'unknown'],
      ['main/untagged', 'excepted', 'enforce', 'unknown'],
      ['main/later', 'skip', 'enforce', 'unknown'],
    ],
  );
  assert.deepEqual(
    report.counts?.map(({ outcome, count, part }) => [outcome, count, part]),
    [['pass', 4, 'main']],
  );
  const strict = JSON.stringify([row({ warnings: [said('"web" has no limits')] })]);
  const [warned] = reportOf(
    await readAs('conftest', strict, { repository: 'acme/shop', enforcement: 'enforce' }),
  ).results;
  assert.equal(warned?.enforcement, 'enforce');
});

test('a warning that becomes a refusal is the same policy, and so is another wording', async () => {
  const of = async (list: string, msg: string, metadata: object) =>
    keysOf(reportOf(await read(row({ [list]: [said(msg, metadata)] }))))[0];
  const warned = await of('warnings', 'container "web" has no limits', { query: 'data.platform.k8s.warn_limits' });
  assert.equal(warned, 'platform.k8s/limits k8s/web.yaml#web');
  assert.equal(await of('failures', '"web": limits are missing', { query: 'data.platform.k8s.deny_limits' }), warned);
  // An id in the metadata wins, also one within the details of a violation.
  const byId = { query: 'data.platform.k8s.deny', id: 'K8S-7' };
  assert.equal(await of('failures', 'anything', byId), 'platform.k8s/K8S-7 k8s/web.yaml');
  const details = { query: 'data.platform.k8s.violation', details: { policy_id: 'K8S-8', resource: 'deployment/web' } };
  assert.equal(await of('failures', 'anything', details), 'platform.k8s/K8S-8 k8s/web.yaml#deployment/web');
  // Neither an id nor a name: the message, without names and numbers.
  const bare = { query: 'data.main.deny' };
  assert.equal(
    await of('failures', 'Service "a" exposes port 8080', bare),
    'main/service-*-exposes-port-# k8s/web.yaml#a',
  );
  assert.equal(conftestPolicy({ query: 'data.main.deny', message: 'Found "x" 3 times' }), 'main/found-*-#-times');
});

test('a run in which no policy ran mends nothing, and neither does one that ended without output', async () => {
  const nothing = reportOf(await read(row({ successes: 0 }), row({ filename: 'k8s/api.yaml', successes: 0 })));
  assert.deepEqual([nothing.completeness, nothing.reason, nothing.parts], ['partial', 'no_policy_ran', undefined]);
  const none = reportOf(await readAs('conftest', ''));
  assert.deepEqual([none.completeness, none.reason], ['failed', 'empty_output']);
  // A library beside policies that ran is no run without policies.
  const { told } = await read(row(), row({ namespace: 'lib', successes: 0 }));
  assert.deepEqual(
    told.reports?.map(({ parts, completeness }) => [parts?.[0], completeness]),
    [
      ['main', 'complete'],
      ['lib', 'complete'],
    ],
  );
});

test('what a run over all documents at once says is another part', async () => {
  const { told } = await read(row({ filename: 'Combined' }));
  assert.deepEqual(
    told.reports?.map(({ parts }) => parts),
    [['main combined']],
  );
});

test('what is no report of conftest is refused, one bad message is not', async () => {
  assert.equal((await readAs('conftest', '{"kind":"FileNode"}')).fault, 'not_conftest');
  assert.equal((await readAs('conftest', '[1,2]')).fault, 'not_conftest');
  assert.equal((await readAs('conftest', '[{"filename":"a"')).fault, 'not_json');
  const { rejections, records, told } = await read(row({ failures: [{ metadata: {} }, 'text', said('"a" fails')] }));
  assert.deepEqual([records, told.reports?.[0]?.results.length], [3, 1]);
  assert.deepEqual(
    rejections.map(({ line, reason }) => [line, reason]),
    [
      [1, 'missing_message'],
      [2, 'missing_message'],
    ],
  );
});

test('every report of conftest itself is read', async t => {
  // Failures, warnings and exceptions of each file, and successes, as jq counts them.
  const files = {
    'exceptions.json': [{ excepted: 1, fail: 1 }, 4],
    'fail-on-warn-failures.json': [{ fail: 2 }, 4],
    'fail-on-warn-warnings-only.json': [{ fail: 1 }, 2],
    'k8s-goat-combine.json': [{}, 11],
    'k8s-goat-default-namespace.json': [{}, 0],
    'k8s-goat-fail-on-warn.json': [{ fail: 2 }, 1],
    'k8s-goat-no-fail.json': [{ fail: 2 }, 4],
    'k8s-goat-warn-only.json': [{}, 6],
    'k8s-goat.json': [{ excepted: 1, fail: 54 }, 310],
    'passes.json': [{}, 6],
    's3-warn.json': [{ fail: 1 }, 2],
    'stdin.json': [{ fail: 2 }, 4],
    'suppressed.json': [{ excepted: 1, fail: 1 }, 4],
  } as const;
  for (const [file, [outcomes, successes]] of Object.entries(files)) {
    const bytes = corpusFile(t, `conftest-live/${file}`);
    if (bytes === undefined) return;
    const { told, rejections, fault } = await readAs('conftest', bytes);
    const results = told.reports?.flatMap(report => report.results) ?? [];
    assert.deepEqual(
      [fault, rejections, { ...countBy(results, ({ outcome }) => outcome) }],
      [undefined, [], outcomes],
      file,
    );
    const counted = told.reports?.flatMap(({ counts = [] }) => counts).reduce((sum, { count }) => sum + count, 0);
    assert.equal(counted, successes, file);
  }
  const goat = await readAs('conftest', corpusFile(t, 'conftest-live/k8s-goat.json')!);
  const results = goat.told.reports?.flatMap(report => report.results) ?? [];
  assert.deepEqual(
    {
      ...countBy(
        results.filter(({ outcome }) => outcome === 'fail'),
        ({ enforcement }) => enforcement,
      ),
    },
    {
      ...{ enforce: 42, warn: 12 },
    },
  );
  for (const file of ['bad-policy', 'good-and-unparsable', 'helm-template-parse-error', 'quiet'])
    assert.equal(
      reportOf(await readAs('conftest', corpusFile(t, `conftest-live/${file}.json`)!)).completeness,
      'failed',
    );
});

test('its SARIF has its passes, exceptions and skips apart from its violations', async t => {
  const bytes = corpusFile(t, 'conftest-live/k8s-goat.sarif.json');
  if (bytes === undefined) return;
  for (const kind of ['conftest', 'sarif']) {
    const report = reportOf(await readAs(kind, bytes));
    assert.equal(report.engine, 'conftest');
    assert.deepEqual(
      { ...countBy(report.results, ({ outcome, enforcement }) => `${outcome} ${enforcement}`) },
      {
        ...{ 'excepted enforce': 1, 'fail enforce': 42, 'fail warn': 12, 'pass audit': 34, 'skip audit': 15 },
      },
    );
    // A rule's severity there is that of whatever it said first.
    assert.deepEqual({ ...countBy(report.results, ({ severity }) => severity) }, { unknown: 104 });
  }
});
