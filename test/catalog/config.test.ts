import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { catalogSchema, ownershipSchema } from '../../exporters/catalog/config.ts';

const issues = (value: unknown) =>
  ownershipSchema.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

test('an empty section is complete', () => {
  assert.deepEqual(ownershipSchema.parse({}), { aliases: {}, rules: [], splits: [] });
  assert.deepEqual(catalogSchema.parse({}), { files: [], backstage: [] });
});

test('a Backstage server needs a token, and a name of its own beside others', () => {
  const told = (backstage: unknown) =>
    catalogSchema.safeParse({ backstage }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
    [];
  const url = 'https://backstage.example';
  assert.deepEqual(
    told([
      { url, token: 'a' },
      { url, token: 'a', name: 'other' },
    ]),
    [],
  );
  assert.deepEqual(told([{ url }]), ['backstage.0.token: expected token or token_file']);
  assert.deepEqual(
    told([
      { url, token: 'a' },
      { url, token: 'a' },
    ]),
    ['backstage.1.name: expected a name of its own for each of several servers'],
  );
  assert.match(told([{ url, token: 'a', name: '../up' }])[0] ?? '', /^backstage\.0\.name: expected letters/);
});

test('every kind of rule and split is accepted as documented', () => {
  const value = {
    aliases: { payments: ['pay'] },
    rules: [
      { name: 'tag', tag: { keys: ['team'], gives: 'team', values: { payments: ['1234'] } }, provider: 'aws' },
      { name: 'account', account: { '012345678901': { team: 'payments', split: 'shared' } } },
      {
        name: 'pattern',
        namespace: ['pay-*', 'till'],
        team: 'payments',
        valid_from: '2026-01-01',
        valid_to: '2026-02-01',
      },
    ],
    splits: [
      { name: 'shared', method: 'even', teams: ['a'] },
      { name: 'own', method: 'proportional' },
      { name: 'fixed', method: 'fixed', shares: { a: 3, b: 1 } },
    ],
  };
  assert.deepEqual(ownershipSchema.parse(value), value);
});

test('an unknown key is refused in every place', () => {
  assert.match(issues({ rulez: [] }).join(), /rulez/);
  assert.match(issues({ rules: [{ name: 'r', resorce: 'x', resource: 'x', team: 't' }] }).join(), /rules\.0.*resorce/);
  assert.match(issues({ rules: [{ name: 'r', tag: { keys: ['k'], gives: 'team' }, team: 't' }] }).join(), /"team"/);
  assert.match(issues({ rules: [{ name: 'r', account: { 1: { teem: 'x' } } }] }).join(), /teem/);
  assert.match(issues({ splits: [{ name: 's', method: 'even', shares: {} }] }).join(), /shares/);
});

test('what contradicts itself is told with its place', () => {
  const rule = { name: 'r', resource: '*', team: 't' };
  assert.deepEqual(issues({ rules: [rule, rule] }), ['rules.1.name: expected a name of its own; another has the same']);
  assert.deepEqual(issues({ rules: [{ ...rule, split: 'x' }], splits: [{ name: 'y', method: 'even' }] }), [
    'rules.0.split: expected a name of ownership.splits: y',
  ]);
  assert.deepEqual(issues({ rules: [{ name: 'r', account: { a: { split: 'x' } } }] }), [
    'rules.0.account.a.split: expected a name of ownership.splits',
  ]);
  assert.deepEqual(issues({ rules: [{ ...rule, valid_from: '2026-02-01', valid_to: '2026-02-01' }] }), [
    'rules.0.valid_to: expected a day after valid_from',
  ]);
  assert.deepEqual(issues({ rules: [{ ...rule, valid_from: '2026-02-30' }] }), [
    'rules.0.valid_from: expected a day such as 2026-10-01',
  ]);
  assert.deepEqual(issues({ aliases: { a: ['x'], b: ['X '] } }), [
    'aliases.b.0: expected an alias of one team; a has it too',
  ]);
  assert.match(issues({ rules: [{ name: 'r', team: 't' }] }).join(), /expected tag, account or one of resource/);
  assert.match(issues({ rules: [{ name: 'r', resource: 'x' }] }).join(), /expected one of team, service/);
});

test('weights are whole numbers above 0, and at least one', () => {
  for (const shares of [{}, { a: 0 }, { a: 1.5 }, { a: -1 }])
    assert.notDeepEqual(issues({ splits: [{ name: 's', method: 'fixed', shares }] }), []);
});

test('the JSON Schema describes every key that people write', () => {
  const undescribed: string[] = [];
  const visit = (schema: unknown, at: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties')
        for (const [name, property] of Object.entries(
          value as Record<string, { description?: string; not?: unknown; const?: unknown }>,
        )) {
          if (property.description === undefined && property.not === undefined) undescribed.push(`${at}.${name}`);
          visit(property, `${at}.${name}`);
        }
      else visit(value, at);
    }
  };
  visit(z.toJSONSchema(ownershipSchema, { io: 'input' }), 'ownership');
  visit(z.toJSONSchema(catalogSchema, { io: 'input' }), 'catalog');
  assert.deepEqual(undescribed, []);
});
