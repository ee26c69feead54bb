/** What a team's token posts after what it posts of has gone to another team. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { Reader } from '../../../exporters/core/ledger.ts';
import { ownTold } from '../../../exporters/findings/rights.ts';
import { owner, report, result } from '../../findings/books.ts';

const ownedBy = (team: string) =>
  buildOwnership(buildCatalog([]), ownershipSchema.parse({ rules: [{ name: 'net', repository: 'acme/net', team }] }));
const scope = 'repository:acme/net';

/** Owners that a post leaves in the ledger, where earlier ones have left others. */
async function posted(by: string, catalog: string, before: readonly string[], repository = 'acme/net') {
  const reader = { all: async () => before.map(attributes => ({ attributes })) } as unknown as Reader;
  const results = [result('fail root a', { owner: owner(repository) })];
  const told = { reports: [report(1, results, { scope, owner: owner('acme/net') })] };
  const principal = { name: `${by}-ci`, role: 'team', team: by } as const;
  const own = await ownTold(reader, told, { principal, ownership: ownedBy(catalog), source: 'checkov' });
  return own.reports!.flatMap(each => [each.owner, ...each.results.map(one => one.owner)]);
}

test('what the rules give a team goes with them to the next one, and its token may post', async () => {
  const first = await posted('infra', 'infra', []);
  assert.deepEqual(first, [owner('acme/net'), owner('acme/net')]);
  assert.deepEqual(await posted('shop', 'shop', first), first);
  // Also where a token's word was kept, or nothing said whose it was then.
  const held = JSON.stringify({ repository: 'acme/net', team: 'infra' });
  assert.deepEqual(await posted('shop', 'shop', [held]), first);
  await assert.rejects(() => posted('infra', 'shop', first), { code: 'PUSH_FORBIDDEN' });
});

test('what no rule gives anyone is the team’s that told of it, and no other’s', async () => {
  const [, own] = await posted('shop', 'shop', [], 'acme/new');
  assert.deepEqual(JSON.parse(own!), { repository: 'acme/new', team: 'shop' });
  const held = JSON.stringify({ repository: 'acme/new', team: 'infra' });
  await assert.rejects(() => posted('shop', 'shop', [held], 'acme/new'), { code: 'PUSH_FORBIDDEN' });
});
