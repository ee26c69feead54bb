/** What an API says of a month is posted as a bill is: differences, rejects by field, finality. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import type { SourceContext } from '../../exporters/core/source.ts';
import { type Deliverable, deliverRecords, type FocusRecord } from '../../exporters/cost/bills/records.ts';
import { openBooks, reads } from './sources/focus-books.ts';

const record = (more: FocusRecord = {}): FocusRecord => ({
  BilledCost: '1.5',
  EffectiveCost: '1.25',
  BillingCurrency: 'EUR',
  BillingAccountId: 'a-1',
  ProviderName: 'Microsoft',
  ServiceName: 'Storage, "hot"\ntier',
  ChargeCategory: 'Usage',
  ChargePeriodStart: '2026-10-05',
  BillingPeriodStart: '2026-10-01',
  ResourceId: 'r',
  tags: { team: 'search' },
  ...more,
});

async function openMonth(t: TestContext) {
  const books = await openBooks(t);
  let hour = 0;
  const deliver = async (records: readonly FocusRecord[], more: Partial<Deliverable> = {}) => {
    hour += 1;
    const now = new Date(Date.UTC(2026, 10, 20, hour));
    const context: SourceContext = {
      ledger: books.ledger,
      log: pino({ level: 'silent' }),
      now: () => now,
      signal: new AbortController().signal,
      progress: () => undefined,
    };
    const batch = await deliverRecords(context, reads, {
      source: 'api',
      role: 'authoritative',
      origin: 'api:a-1:2026-10',
      cursor: {},
      records,
      ...more,
    });
    return books.ledger.write(tx => batch.write(tx));
  };
  const sum = () => books.scalar('SELECT sum(billed)::DECIMAL(18, 2)::VARCHAR FROM charges');
  return { books, deliver, sum };
}

test('a month read again posts its differences, and what moved is restated', async t => {
  const { books, deliver, sum } = await openMonth(t);
  assert.deepEqual(await deliver([record(), record({ ServiceName: 'VM' })]), { records: 2, changed: 2, rejected: {} });
  assert.deepEqual(await deliver([record(), record({ ServiceName: 'VM' })]), { records: 2, changed: 0, rejected: {} });
  assert.equal((await deliver([record({ BilledCost: '4' })])).changed, 2);
  assert.equal(await sum(), '4.00');
  assert.deepEqual(await books.all('SELECT direction, billed::DOUBLE AS billed FROM restatements ORDER BY ALL'), [
    { direction: 'down', billed: 1.5 },
    { direction: 'up', billed: 2.5 },
  ]);
  assert.equal(
    await books.scalar('SELECT service_name FROM charge_keys ORDER BY service_name LIMIT 1'),
    'Storage, "hot" tier',
  );
  await deliver([]);
  assert.equal(await sum(), '0.00');
});

test('a value that cannot be read is counted and kept with its field; the rest goes on', async t => {
  const { books, deliver, sum } = await openMonth(t);
  const counts = await deliver([record(), record({ BilledCost: 'n/a' })], {
    rejects: [{ file: 'page 2', reason: 'wrong_month', value: '2025-10-01' }],
  });
  assert.deepEqual(counts, { records: 1, changed: 1, rejected: { bad_number: 1, wrong_month: 1 } });
  assert.equal(await sum(), '1.50');
  assert.deepEqual(
    await books.all('SELECT file, line::INTEGER AS line, reason, field, value FROM rejects ORDER BY ALL'),
    [
      { file: 'api:a-1:2026-10', line: 2, reason: 'bad_number', field: 'BilledCost', value: 'n/a' },
      { file: 'page 2', line: null, reason: 'wrong_month', field: null, value: '2025-10-01' },
    ],
  );
});

test('what the vendor says of a month is its status', async t => {
  const { books, deliver } = await openMonth(t);
  const status = () => books.scalar('SELECT arg_max(status, learned_at) FROM billing_periods');
  await deliver([record()], { status: 'Open' });
  assert.equal(await status(), 'Open');
  await deliver([record()], { status: 'Closed' });
  assert.equal(await status(), 'Closed');
});
