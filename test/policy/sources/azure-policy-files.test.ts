/** Azure Policy's answers in files and posts: what each is a report of, whole real files, and hostile ones. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Reading } from '../../../exporters/policy/reading.ts';
import { azurePolicy } from '../../../exporters/policy/sources/azure-policy/report-kind.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import { reportRun } from '../report-run.ts';
import { pay, shop, stateRow } from './azure-policy-world.ts';

const at = new Date('2026-11-20T12:00:00Z');
const read = async (value: unknown, place: object = {}): Promise<Reading> =>
  azurePolicy.read(Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)), {
    ...{ at, now: at, place, file: 'states.json' },
  });
const context = (scope: string) =>
  `https://management.azure.com${scope}/providers/Microsoft.PolicyInsights/policyStates/$metadata#latest`;
const row = (resource: string, more: object = {}) => ({
  ...stateRow({ resource, policy: 'https', state: 'NonCompliant' }),
  ...more,
});
const scopesIn = ({ told }: Reading) =>
  told.reports?.map(({ scope, completeness, results }) => `${scope} ${completeness} ${results.length}`);

test('the scope is what was asked of, else each subscription that has rows', async () => {
  const subscription = shop.toLowerCase();
  const whole = {
    '@odata.context': context(`/subscriptions/${shop}`),
    '@odata.nextLink': null,
    value: [row('one'), row('two')],
  };
  assert.deepEqual(scopesIn(await read(whole)), [`subscription:${subscription} complete 2`]);
  assert.deepEqual(scopesIn(await read({ ...whole, value: [] })), [`subscription:${subscription} complete 0`]);
  assert.deepEqual(scopesIn(await read({ ...whole, '@odata.nextLink': 'https://management.azure.com/next' })), [
    `subscription:${subscription} partial 2`,
  ]);
  const group = { ...whole, '@odata.context': context(`/subscriptions/${shop}/resourcegroups/RG-shop`) };
  assert.deepEqual(scopesIn(await read(group)), [`subscription:${subscription}/resourcegroups/rg-shop complete 2`]);
  const [one] = (
    await read({
      ...whole,
      '@odata.context': context(`/subscriptions/${shop}/providers/Microsoft.Authorization/policyAssignments/x`),
    })
  ).told.reports!;
  assert.deepEqual([one?.scope, one?.parts?.length], [`subscription:${subscription}`, 1]);
  // az policy state list prints the rows alone, with the context in each.
  const printed = [
    { ...row('one'), odatacontext: `${context('/providers/Microsoft.Management/managementGroups/acme')}/$entity` },
    { ...row('two'), ...stateRow({ resource: 'two', policy: 'https', state: 'Compliant', subscription: pay }) },
  ];
  assert.deepEqual(scopesIn(await read(printed)), [
    `subscription:${subscription} complete 1`,
    `subscription:${pay} complete 1`,
  ]);
  assert.deepEqual(scopesIn(await read(printed, { scope: 'tenant:acme' })), ['tenant:acme complete 2']);
  assert.equal((await read([])).fault, 'missing_scope');
});

test('states as PowerShell and Resource Graph print them are the same states', async () => {
  const subscription = shop.toLowerCase();
  const capitalised = (state: object) =>
    Object.fromEntries(Object.entries(state).map(([name, value]) => [name[0]!.toUpperCase() + name.slice(1), value]));
  const plain = await read([row('one'), row('two')]);
  const powerShell = await read([capitalised(row('one')), capitalised(row('two'))]);
  assert.deepEqual(powerShell.told.reports?.[0]?.results, plain.told.reports?.[0]?.results);
  // ConvertTo-Json prints the only one without a list.
  assert.deepEqual(scopesIn(await read(capitalised(row('one')))), [`subscription:${subscription} complete 1`]);
  const data = ['one', 'two'].map(name => ({ type: 'microsoft.policyinsights/policystates', properties: row(name) }));
  const graph = await read({ count: 2, data, total_records: 2, skip_token: null });
  assert.deepEqual(graph.told.reports?.[0]?.results, plain.told.reports?.[0]?.results);
  assert.deepEqual(scopesIn(graph), [`subscription:${subscription} complete 2`]);
  for (const more of [{ skip_token: 'ew0K' }, { total_records: 7 }])
    assert.deepEqual(scopesIn(await read({ data, ...more })), [`subscription:${subscription} partial 2`]);
  assert.equal((await read({ data: [{ properties: { size: 1 } }] })).fault, 'not_azure_policy');
});

test('what is no answer of Azure Policy is a fault, and what is no row a rejection', async () => {
  assert.equal((await read({ value: [{ name: 'vm' }] })).fault, 'not_azure_policy');
  assert.equal((await read({ Results: [] })).fault, 'not_azure_policy');
  assert.equal((await read(7)).fault, 'not_azure_policy');
  assert.equal((await read(Buffer.from('{"value": ['))).fault, 'not_json');
  assert.equal((await read(Buffer.alloc(0))).fault, 'empty');
  const deep = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) as unknown;
  const { rejections, records, told } = await read([
    row('one'),
    ...[null, 7, 'text', [row('two')], {}],
    row('three', { complianceState: { a: 1 }, isCompliant: 'no' }),
    row('four', { resourceId: 1e308, resourceTags: deep, policyDefinitionId: deep }),
    row('five', { resourceTags: '{"team": {"a": 1}, "b": "c"', policyDefinitionReferenceId: 7 }),
    row('six', { policyDefinitionId: null, policyDefinitionName: null }),
  ]);
  assert.equal(records, 10);
  assert.deepEqual(
    rejections.map(({ line, reason }) => `${line} ${reason}`),
    [
      ...['2 not_an_object', '3 not_an_object', '4 not_an_object', '5 not_an_object', '6 missing_resource'],
      ...['7 unknown_compliance_state', '8 missing_resource', '10 missing_policy'],
    ],
  );
  assert.deepEqual(
    told.reports?.[0]?.results.map(({ resource }) => resource.split('/').at(-1)),
    ['one', 'three', 'five'],
  );
  assert.deepEqual(
    told.reports?.map(({ completeness, reason }) => `${completeness} ${reason}`),
    ['partial records_rejected'],
  );
  const utf16 = Buffer.from(`\uFEFF${JSON.stringify([row('one')])}`, 'utf16le');
  assert.equal((await read(utf16)).told.reports?.[0]?.results.length, 1);
});

test('a summary is of what was asked, and one of a management group of no subscription', async () => {
  const summary = (asked: string | undefined, ...subscriptions: readonly string[]) => ({
    ...(asked === undefined ? {} : { '@odata.context': context(asked).replace('latest', 'summary') }),
    value: [
      {
        policyAssignments: subscriptions.map(subscription => ({
          policyAssignmentId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/policyAssignments/x`,
          policyDefinitions: [
            {
              policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/https',
              results: { nonCompliantResources: 3, resourceDetails: [] },
            },
          ],
        })),
      },
    ],
  });
  const said = async (document: unknown, place = {}) => {
    const { told, fault } = await read(document, place);
    return fault ?? told.reports?.map(({ scope, counts = [] }) => `${scope} ${counts.length}`).join();
  };
  const [own, other] = [shop.toLowerCase(), pay];
  const group = '/providers/Microsoft.Management/managementGroups/acme';
  assert.equal(await said(summary(undefined, own)), `subscription:${own} 1`);
  assert.equal(await said(summary(`/subscriptions/${shop}`, own, own)), `subscription:${own} 2`);
  assert.equal(
    await said(summary(`/subscriptions/${shop}/resourceGroups/RG`, own)),
    `subscription:${own}/resourcegroups/rg 1`,
  );
  for (const document of [summary(undefined, own, other), summary(group, own, other), summary(group, own)]) {
    assert.equal(await said(document), 'missing_scope');
    assert.match((await said(document, { scope: 'group:acme' })) ?? '', /^group:acme \d$/);
  }
});

test('files and posts make the same findings', async t => {
  const run = await reportRun(t, { files: [{ kind: 'azure-policy', path: 'states' }] });
  run.deliver('states/a.json', JSON.stringify([row('one'), row('two')]), '2026-11-18T00:00:00Z');
  await run.refresh();
  assert.deepEqual(await run.states(), { open: 2 });
  const value = [row('one', { complianceState: 'Exempt' })];
  const body = JSON.stringify({ '@odata.context': context(`/subscriptions/${shop}`), value });
  const { records, rejected } = await run.post({ kind: 'azure-policy', body });
  assert.deepEqual([records, rejected, await run.states()], [1, {}, { excepted: 1, 'resolved(gone)': 1 }]);
});

test("whole real files: rows and a summary of Microsoft's specification", async t => {
  const folder = path.join(corpus, 'policy/azure-policy');
  let states: Buffer;
  let summary: Buffer;
  try {
    states = readFileSync(path.join(folder, 'PolicyStates_QueryResourceScopeExpandPolicyEvaluationDetails.json'));
    summary = readFileSync(path.join(folder, 'PolicyStates_SummarizeSubscriptionLevelPolicyAssignmentScope.json'));
  } catch {
    t.skip('the corpus is not here');
    return;
  }
  const listed = await read(states);
  assert.deepEqual([listed.records, listed.rejections, listed.fault], [2, [], undefined]);
  const [report] = listed.told.reports!;
  const subscription = 'fff10b27-fff3-fff5-fff8-fffbe01e86a5';
  const resource = `/subscriptions/${subscription}/resourcegroups/myresourcegroup/providers/microsoft.classiccompute/domainnames/mydomainname`;
  assert.equal(report?.scope, `subscription:${resource.slice('/subscriptions/'.length)}`);
  assert.deepEqual(
    report?.results.map(({ policy, outcome, enforcement, resource: of }) => [policy, outcome, enforcement, of]),
    [
      ["audit a tag and it's value", 'fail', 'audit', resource],
      ['auditifnotexiststest', 'fail', 'audit', resource],
    ],
  );
  const numbers = await read(summary);
  assert.equal(numbers.fault, undefined);
  const [counted] = numbers.told.reports!;
  assert.equal(counted?.scope, 'subscription:fffedd8f-ffff-fffd-fffd-fffed2f84852');
  const counts = counted?.counts ?? [];
  assert.deepEqual(
    counts.filter(({ outcome }) => outcome === 'fail').map(({ count }) => count),
    [531, 531, 220, 54],
  );
  // The levels above say the same 531 twice more, and are in no count.
  assert.equal([...summary.toString().matchAll(/"nonCompliantResources": 531,/g)].length, 4);
  assert.deepEqual(
    counts.filter(({ outcome }) => outcome === 'pass').map(({ count }) => count),
    [140, 140, 140, 140],
  );
  const run = await reportRun(t);
  await run.post({ kind: 'azure-policy', body: states });
  await run.post({ kind: 'azure-policy', body: summary });
  assert.deepEqual(await run.states(), { open: 2 });
});
