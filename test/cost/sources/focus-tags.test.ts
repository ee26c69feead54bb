/** Tags as the producers of FOCUS write them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { bill, charge, openBooks } from './focus-books.ts';

const google = (key: string, value: string, inherited = false) => ({
  key,
  value,
  x_type: inherited ? 'project_label' : 'label',
  x_inherited: inherited,
  x_namespace: 'n/a',
});

const written: readonly (readonly [what: string, tags: string, read: string])[] = [
  ['a list of keys and values (Google)', JSON.stringify([google('team', 'pay'), google('x', '1')]), '{"team":"pay"}'],
  [
    'what a project hands down gives way to the own, wherever it stands',
    JSON.stringify([google('team', 'all', true), google('env', 'prod', true), google('team', 'pay')]),
    '{"env":"prod","team":"pay"}',
  ],
  ['a list with capitals', '[{"Key":"Team","Value":"pay"}]', '{"team":"pay"}'],
  ['a list of one without a value', '[{"key":"team","value":null}]', '{}'],
  ['an empty list', '[]', '{}'],
  ['as Python prints them', "{'team': 'pay', 'env': None}", '{"team":"pay"}'],
  ['null as Snowflake unloads it', '\\N', '{}'],
];

for (const [what, tags, read] of written)
  test(`tags: ${what}`, async t => {
    const books = await openBooks(t);
    await books.put('bills/a.csv', bill([charge({ Tags: tags })]));
    assert.deepEqual((await books.refresh({})).rejected, {});
    assert.equal(await books.scalar('SELECT tags::VARCHAR FROM charge_keys'), read);
  });

test('a list of anything else is told, and its money counts', async t => {
  const books = await openBooks(t);
  await books.put('bills/a.csv', bill([charge({ Tags: '["team:pay"]' }), charge({ Tags: '[{"team":"pay"}]' })]));
  assert.deepEqual((await books.refresh({})).rejected, { bad_tags: 2 });
  assert.equal(await books.scalar('SELECT sum(billed)::VARCHAR FROM charges'), '3.0000000000');
});

test('a Parquet list of keys and values is read as its text is', async t => {
  const books = await openBooks(t);
  const file = await books.put('bills/a.parquet', '');
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run(
    `COPY (SELECT 1.5 AS BilledCost, 1.5 AS EffectiveCost, 'USD' AS BillingCurrency, '1' AS BillingAccountId,
       TIMESTAMPTZ '2026-10-05 07:00:00+00' AS ChargePeriodStart,
       [{'key': 'team', 'value': 'pay', 'x_inherited': false}, {'key': 'team', 'value': 'all', 'x_inherited': true}] AS Tags)
     TO '${file}' (FORMAT parquet)`,
  );
  db.closeSync();
  assert.deepEqual((await books.refresh({})).rejected, {});
  assert.equal(await books.scalar('SELECT tags::VARCHAR FROM charge_keys'), '{"team":"pay"}');
});
