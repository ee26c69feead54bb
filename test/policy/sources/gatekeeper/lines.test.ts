import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatekeeper } from '../../../../exporters/policy/sources/gatekeeper/index.ts';
import { audit, denial, text, violation } from './log-lines.ts';

const at = new Date('2026-11-20T10:00:00Z');
const context = { at, now: at, place: { cluster: 'prod' }, file: 'audit.log' };
const read = async (body: string | Buffer) => gatekeeper.read(Buffer.from(body as Buffer), context);

const lines = [
  ...audit('2026-11-20T09:00:00Z', [
    { name: 'cart-6d4cf56db6-x7zqp' },
    { name: 'web-0', msg: 'a "quoted" <message> of it' },
  ]),
  denial('2026-11-20T09:00:30Z', { name: 'cart' }),
];
const time = '2026-11-20T09:00:01.123456789Z';
const half = (line: string) => [line.slice(0, 60), line.slice(60)] as const;

const written: Readonly<Record<string, string>> = {
  'with blank lines and CRLF': lines.map(line => `${line}\r\n\r\n`).join(''),
  'by a container runtime (CRI), long ones in parts': lines
    .map(
      line => `${time} stderr P ${half(line)[0]}\n${time} stdout F a line between\n${time} stderr F ${half(line)[1]}\n`,
    )
    .join(''),
  "by Docker's json-file, long ones in parts": lines
    .map(line =>
      [half(line)[0], `${half(line)[1]}\n`].map(log => `${JSON.stringify({ log, stream: 'stderr', time })}\n`).join(''),
    )
    .join(''),
  'by kubectl logs --prefix --timestamps': lines
    .map(line => `[pod/gatekeeper-audit-7d9f/manager] 2026-11-20T09:00:01.1Z ${line}\n`)
    .join(''),
  'by stern': lines.map(line => `gatekeeper-audit-7d9f manager ${line}\n`).join(''),
  'by Fluent Bit, an array with each line as text': JSON.stringify(
    lines.map(log => ({
      date: 1763629200.5,
      log: `${time} stderr F ${log}`,
      kubernetes: { pod_name: 'gatekeeper-audit' },
    })),
  ),
  'by Fluent Bit, merged': lines.map(line => `${JSON.stringify({ log_processed: JSON.parse(line) })}\n`).join(''),
  'by Filebeat': lines.map(message => `${JSON.stringify({ '@timestamp': time, message, agent: {} })}\n`).join(''),
  'by Google Cloud': JSON.stringify(lines.map(line => ({ timestamp: time, jsonPayload: JSON.parse(line) }))),
  'by jq .': lines.map(line => `${JSON.stringify(JSON.parse(line), null, 2)}\n`).join(''),
  'at level DEBUG, by the console encoder': lines
    .map(line => {
      const { level, msg, logger, ...fields } = JSON.parse(line);
      return `${time}\t${level}\t${logger}\t${msg}\t${JSON.stringify(fields)}\n`;
    })
    .join(''),
  'in UTF-16, with a mark': '',
};

for (const [how, body] of Object.entries(written))
  test(`lines are the same lines written ${how}`, async () => {
    const bytes = body === '' ? Buffer.from(`\ufeff${text(lines)}`, 'utf16le') : body;
    const [plain, wrapped] = [await read(text(lines)), await read(bytes)];
    assert.deepEqual([wrapped.fault, wrapped.rejections, wrapped.records], [undefined, [], 6]);
    assert.deepEqual(wrapped.told, plain.told);
    assert.equal(plain.told.reports?.[0]?.completeness, 'complete');
    assert.deepEqual(
      plain.told.reports?.[0]?.results.map(({ resource }) => resource),
      ['k8s:prod/shop/workload/cart', 'k8s:prod/shop/workload/web'],
    );
    assert.equal(plain.told.blocks?.length, 1);
  });

test('what is no JSON is passed over, what is broken JSON is counted with its place', async () => {
  const whole = violation('2026-11-20T09:00:00Z');
  const { records, rejections, told } = await read(
    text(
      'I1120 09:00:00.123456       1 request.go:665] Waited for 1.04s due to client-side throttling, {"not": ours',
      'goroutine 1 [running]:',
      ...audit('2026-11-20T09:00:00Z', []),
      whole.slice(0, 300),
      whole.slice(whole.indexOf('"event_type"') - 20),
      `${time} stderr F ${whole.slice(0, 200)}`,
      '{"level":"info","ts":1763629200.1,"logger":"setup","msg":"starting manager"}',
    ),
  );
  assert.equal(records, 5);
  assert.deepEqual(
    rejections.map(({ line, reason }) => [line, reason]),
    [5, 6, 7].map(line => [line, 'not_json']),
  );
  assert.equal(told.reports?.[0]?.completeness, 'complete');
});

test('a last line that is still being written is not read yet, and no rejection', async () => {
  const whole = text(audit('2026-11-20T09:00:00Z', [{}]));
  const { rejections, records } = await read(whole + violation('2026-11-20T09:01:00Z').slice(0, 100));
  assert.deepEqual([rejections, records], [[], 4]);
});

test('what is none of Gatekeeper is a fault, a log of it with nothing to tell is none', async () => {
  const fault = async (body: string) => (await read(body)).fault;
  assert.equal(await fault('{"a": 1}'), 'not_gatekeeper');
  assert.equal(await fault('words\nand words\n'), 'not_gatekeeper');
  assert.equal(await fault('{"a": \n{'), 'not_json');
  assert.equal(await fault('[1,2,[3]]'), 'not_gatekeeper');
  assert.equal(await fault(''), undefined);
  assert.equal(
    await fault('{"level":"info","ts":1763629200.1,"logger":"setup","msg":"starting manager"}\n'),
    undefined,
  );
  assert.equal((await gatekeeper.read(Buffer.from([0x80, 0x81, 0x0a]), context)).fault, 'not_text');
  const placeless = await gatekeeper.read(Buffer.from(text(lines)), { ...context, place: {} });
  assert.equal(placeless.fault, 'missing_scope');
});

test('hostile lines are read in bounded time and never throw', async () => {
  const deep = `${'{"log":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
  const nested = `${'['.repeat(5_000)}{"event_type":"audit_started"}${']'.repeat(5_000)}`;
  const odd = [
    '{"event_type":"violation_audited"}',
    '{"event_type":"violation_audited","audit_id":"2026-11-20T09:00:00Z","constraint_kind":7,"constraint_name":[]}',
    '{"event_type":"violation_audited","audit_id":"2026-11-20T09:00:00Z","constraint_kind":"K","constraint_name":"n"}',
    '{"event_type":"constraint_audited","audit_id":"2026-11-20T09:00:00Z","constraint_kind":"K","constraint_name":"n","constraint_violations":"1e999"}',
    '{"event_type":"audit_started","audit_id":"99999-01-01T00:00:00Z"}',
    '{"event_type":"audit_started","audit_id":"2036-01-01T00:00:00Z"}',
    '{"event_type":"violation","constraint_kind":"K","constraint_name":"n","resource_kind":"Pod","ts":-1e300}',
    '{"event_type":{},"eventType":"violation_audited","id":null}',
    '{"event_type":"violation_audited","audit_id":"2026-11-20T09:00:00Z","constraint_kind":"K","constraint_name":"n","resource_kind":"Pod","resource_labels":[1],"constraint_enforcement_actions":"x","constraint_action":null}',
  ];
  const { rejections, pieces } = await read(text(deep, nested, odd));
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    [
      'not_json',
      'not_json',
      'missing_audit_id',
      'missing_constraint',
      'missing_resource',
      'bad_violations',
      'missing_audit_id',
      'audit_to_come',
      'missing_time',
      'missing_audit_id',
    ],
  );
  assert.equal(pieces?.[0]?.report.results[0]?.enforcement, 'audit');
  await read(deep);
  await read(nested);
});
