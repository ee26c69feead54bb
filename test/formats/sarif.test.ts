import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSarif, relativePath, type SarifResult, type SarifRun } from '../../exporters/formats/sarif/index.ts';

const rule = (id: string, more: object = {}) => ({ id, ...more });
const result = (more: object = {}) => ({ ruleId: 'R1', message: { text: 'said' }, ...more });
const at = (uri: string, more: object = {}) => [{ physicalLocation: { artifactLocation: { uri }, ...more } }];
const document = (run: object) => ({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'Tool', rules: [rule('R1')] } }, ...run }],
});

async function runsOf(value: unknown, encode: (text: string) => Buffer = text => Buffer.from(text)) {
  const runs = await readSarif(encode(JSON.stringify(value)));
  assert.ok(typeof runs !== 'string', String(runs));
  return runs;
}
const runOf = async (run: object): Promise<SarifRun> => (await runsOf(document(run)))[0]!;
const resultOf = async (more: object, run: object = {}): Promise<SarifResult> =>
  (await runOf({ results: [result(more)], ...run })).results[0]!;

test('a document is read in UTF-8 and UTF-16, with and without a byte order mark', async () => {
  const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();
  const value = document({ results: [result({ message: { text: 'Größe ☃' } })] });
  for (const encode of [
    (text: string) => Buffer.from(text),
    (text: string) => Buffer.from(`\uFEFF${text}`),
    (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
    (text: string) => Buffer.from(text, 'utf16le'),
    (text: string) => swapped(`\uFEFF${text}`),
    (text: string) => swapped(text),
  ])
    assert.equal((await runsOf(value, encode))[0]?.results[0]?.message, 'Größe ☃');
});

test('what is no SARIF is told apart from what is broken', async () => {
  const fault = (text: string | Buffer) => readSarif(Buffer.from(text as Buffer));
  assert.equal(await fault(''), 'empty');
  assert.equal(await fault('{"runs":['), 'not_json');
  assert.equal(await fault('[]'), 'not_sarif');
  assert.equal(await fault('{"results":[]}'), 'not_sarif');
  assert.equal(await fault('{"version":"1.0.0","runs":[]}'), 'unknown_version');
  assert.equal(await fault(Buffer.from([0x7b, 0x80, 0x22, 0xff])), 'not_text');
  assert.deepEqual(await fault('{"version":"2.1.0","runs":[]}'), []);
  assert.deepEqual(await fault('{"version":"2.1.0","runs":null}'), []);
  assert.equal(await fault(`${'['.repeat(200_000)}`), 'not_json');
  assert.equal(await fault(`${'['.repeat(200_000)}${']'.repeat(200_000)}`), 'not_sarif');
});

test('a level that a result leaves out is its rule’s, and then warning', async () => {
  const driver = { name: 'Tool', rules: [rule('R1', { defaultConfiguration: { level: 'error' } }), rule('R2')] };
  const level = async (more: object) => (await resultOf(more, { tool: { driver } })).level;
  assert.deepEqual(
    [await level({}), await level({ level: 'note' }), await level({ ruleId: 'R2' }), await level({ level: 'odd' })],
    ['error', 'note', 'warning', 'error'],
  );
});

test('a rule is found by id, by index, in an extension, by the beginning of its id, or is missing', async () => {
  const extension = { name: 'More', rules: [rule('X1', { shortDescription: { text: 'of an extension' } })] };
  const tool = { driver: { name: 'Tool', rules: [rule('R1', { name: 'First' })] }, extensions: [extension] };
  const of = async (more: object) => (await runOf({ tool, results: [{ message: {}, ...more }] })) satisfies SarifRun;
  const titles = async (more: object) => (await of(more)).results.map(one => [one.rule, one.title]);
  assert.deepEqual(await titles({ ruleIndex: 0 }), [['R1', 'First']]);
  assert.deepEqual(await titles({ rule: { index: 0, toolComponent: { index: 0 } } }), [['X1', 'of an extension']]);
  assert.deepEqual(await titles({ rule: { id: 'X1' } }), [['X1', 'of an extension']]);
  assert.deepEqual(await titles({ ruleId: 'R1/sub' }), [['R1/sub', 'First']]);
  assert.deepEqual(await titles({ ruleId: 'other', ruleIndex: 7 }), [['other', undefined]]);
  assert.deepEqual((await of({ ruleIndex: 9 })).rejections, [{ line: 1, reason: 'missing_rule', field: 'ruleId' }]);
  assert.deepEqual((await runOf({ results: [7, result()] })).rejections, [
    { line: 1, reason: 'not_a_result', value: '7' },
  ]);
});

test('a result is suppressed unless a suppression is rejected or under review', async () => {
  const of = async (...suppressions: readonly object[]) => (await resultOf({ suppressions })).suppression;
  assert.equal(await of(), undefined);
  assert.deepEqual(await of({ kind: 'inSource' }), { kind: 'inSource', justification: undefined });
  assert.deepEqual(await of({ kind: 'external', status: 'accepted', justification: 'known' }), {
    ...{ kind: 'external', justification: 'known' },
  });
  assert.equal(await of({ kind: 'external' }, { kind: 'external', status: 'rejected' }), undefined);
  assert.equal(await of({ kind: 'external', status: 'underReview' }), undefined);
  assert.equal(await of({ kind: 'external', state: 'rejected' }), undefined);
});

test('a run that has no list is told from one that found nothing', async () => {
  const shape = async (run: object) => {
    const { hasResults, isSuccessful, hasErrors, records } = await runOf(run);
    return [hasResults, isSuccessful, hasErrors, records];
  };
  assert.deepEqual(await shape({ results: [] }), [true, true, false, 0]);
  assert.deepEqual(await shape({ results: null }), [false, true, false, 0]);
  assert.deepEqual(await shape({}), [false, true, false, 0]);
  assert.deepEqual(await shape({ results: [], invocations: [{ executionSuccessful: false }] }), [
    true,
    false,
    false,
    0,
  ]);
  const toolExecutionNotifications = [{ level: 'error', message: { text: 'could not parse a file' } }];
  assert.deepEqual(await shape({ results: [], invocations: [{ toolExecutionNotifications }] }), [true, true, true, 0]);
  // What a baseline has and the run has not is no result of it.
  assert.equal((await runOf({ results: [result({ baselineState: 'absent' })] })).results.length, 0);
});

test('a fingerprint is one that outlives the next commit', async () => {
  const of = async (more: object) => (await resultOf(more)).fingerprint;
  assert.equal(
    await of({
      partialFingerprints: { scanFileHash: 'aaaaaaaa', zeta: 'zzzzzzzz', 'primaryLocationLineHash/v1': 'bbbbbbbb:1' },
    }),
    'bbbbbbbb:1',
  );
  assert.equal(await of({ fingerprints: { 'id/v1': 'cccccccc' }, partialFingerprints: { a: 'dddddddd' } }), 'cccccccc');
  assert.equal(await of({ fingerprints: { 'matchBasedId/v1': 'requires login' } }), undefined);
  assert.equal(await of({ partialFingerprints: { primaryLocationStartColumnFingerprint: '12345678' } }), undefined);
});

test('paths are relative to what was scanned', async () => {
  const of = async (uri: string, run: object = {}) => (await resultOf({ locations: at(uri) }, run)).path;
  assert.equal(await of('./src/a%20b.tf'), 'src/a b.tf');
  assert.equal(
    await of('file:///tmp/x/shop/main.tf', { originalUriBaseIds: { SRCROOT: { uri: 'file:///tmp/x/shop/' } } }),
    'main.tf',
  );
  assert.equal(
    await of('file:///tmp/x/main.tf', { invocations: [{ workingDirectory: { uri: 'file:///tmp/x' } }] }),
    'main.tf',
  );
  assert.equal(await of('file:///github/workspace/infra/main.tf'), 'infra/main.tf');
  assert.equal(await of('/home/runner/work/shop/shop/main.tf'), 'main.tf');
  assert.equal(await of('file:///D:/a/1/s/main.tf'), 'main.tf');
  assert.equal(await of('%E0%A4%A'), '%E0%A4%A');
  const artifacts = [{ location: { uri: 'main.tf' } }];
  assert.equal(
    (await resultOf({ locations: [{ physicalLocation: { artifactLocation: { index: 0 } } }] }, { artifacts })).path,
    'main.tf',
  );
  assert.equal(relativePath('../../../etc/../a//b/./c.tf'), 'a/b/c.tf');
});

test('a message is found by its id, with its arguments; category and time are the run’s', async () => {
  const driver = { name: 'Tool', rules: [rule('R1', { messageStrings: { m: { text: '{0} is {1} of {9}' } } })] };
  const { message } = await resultOf({ message: { id: 'm', arguments: ['a', 'b'] } }, { tool: { driver } });
  assert.equal(message, 'a is b of {9}');
  const run = async (id: string) => (await runOf({ automationDetails: { id }, results: [] })).category;
  assert.deepEqual(
    [await run('nightly/linux/2026-11-20'), await run('once'), await run('trivy/')],
    ['nightly/linux', '', 'trivy'],
  );
  const invocations = [{ endTimeUtc: '2026-11-20T08:00:00Z' }, { startTimeUtc: '2026-11-20T07:00:00Z' }];
  assert.equal((await runOf({ invocations, results: [] })).endedAt, '2026-11-20T08:00:00Z');
});
