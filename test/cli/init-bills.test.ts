import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { bill, workplace } from './command.ts';

const cur = [
  'bill/PayerAccountId,bill/BillingPeriodStartDate,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UnblendedCost,lineItem/CurrencyCode,resourceTags/user:team',
  '100,2026-05-01T00:00:00Z,200,Usage,2026-05-03T00:00:00Z,AmazonEC2,12.5,USD,checkout',
  '100,2026-05-01T00:00:00Z,200,Usage,2026-05-04T00:00:00Z,AmazonS3,2.5,USD,checkout',
].join('\r\n');
const azure = [
  'BillingAccountId,SubscriptionId,Date,MeterCategory,Quantity,CostInBillingCurrency,BillingCurrencyCode,ChargeType,Tags',
  '7,s-1,05/03/2026,Storage,1,4.25,USD,Usage,"""team"": ""checkout"""',
].join('\n');

const entity = (kind: string, metadata: string, spec: string) =>
  `---\napiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: { ${metadata} }\nspec: { ${spec} }\n`;

describe('plumbline init and namespaces of the catalog', () => {
  it('knows the one team and the one service of a name in whatever namespace, and leaves what several have', async t => {
    const place = workplace(t);
    const team = 'type: team, children: []';
    const service = 'type: service, lifecycle: production';
    place.write(
      'catalog/more.yaml',
      [
        entity('Group', 'name: Search, namespace: emea', team),
        entity('Group', 'name: twins, namespace: emea', team),
        entity('Group', 'name: twins, namespace: apac', team),
        entity('Group', 'name: payments, namespace: emea', team),
        entity('Component', 'name: crawler, namespace: emea', `${service}, owner: Search`),
      ].join(''),
    );
    const head = bill.slice(0, bill.indexOf('\n') + 1);
    const row = (cost: number, team: string, app: string) =>
      `AWS,1,9,own,2026-05-01T00:00:00Z,2026-05-02T00:00:00Z,2026-05-01T00:00:00Z,2026-06-01T00:00:00Z,Usage,${`${cost},`.repeat(4)}USD,AmazonEC2,Compute,i-${cost},"{""team"":""${team}"",""app"":""${app}""}"\n`;
    place.write(
      'spaces.csv',
      `${head}${row(60, 'search', 'crawler')}${row(30, 'payments', 'checkout')}${row(10, 'twins', 'x')}`,
    );
    const { code, stdout, stderr } = await place.run('init', '--catalog', 'catalog', '--bill', 'spaces.csv');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^owners +2 teams$/m);
    assert.match(stdout, /^unallocated +10\.0 % of 100\.00 USD$/m);
    const text = readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8');
    assert.match(text, /aliases:\n +emea\/Search: \[search\]\n {2}rules:/);
    assert.match(text, /gives: service\n +values:\n +emea\/crawler: \[crawler\]\n/);
    const { stdout: page } = await place.run('scrape');
    assert.match(page, /^finops_cost_daily_latest\{team="emea\/Search",service="emea\/crawler",.*\} 60$/m);
  });
});

describe('plumbline init tells the formats of bills apart', () => {
  it('each stands under its key, several of one with names of their own, and is read', async t => {
    const place = workplace(t);
    // The last line ends in another way than those before.
    place.write('cur.csv', `${cur}\n`);
    place.write('azure/Amortized_1.csv', `${azure}\n`);
    place.write('other.csv', bill);
    const bills = ['bill.csv', 'cur.csv', 'azure/Amortized_1.csv', 'other.csv'];
    const { code, stdout, stderr } = await place.run('init', '--catalog', 'catalog', '--bill', ...bills);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout, /left out|rejected/);
    const text = readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8');
    const costs = text.slice(text.indexOf('\ncost:\n'), text.indexOf('  # budgets:'));
    assert.equal(
      costs,
      `
cost:
  focus:
    - path: bill.csv
      name: focus-1
    - path: other.csv
      name: focus-2
  aws_cur:
    - path: cur.csv
  azure_exports:
    - path: azure/Amortized_1.csv
      cost: amortized  # or actual, as the export was made
`,
    );
    const scraped = await place.run('scrape');
    assert.match(scraped.stderr, /^aws-cur: 2 records/m);
    assert.match(scraped.stderr, /^azure-exports: 1 records?/m);
  });

  it('a table of dates and costs is no bill', async t => {
    const place = workplace(t);
    place.write('table.csv', 'Date,Cost,Currency\n2026-05-03,1,USD\n');
    const { code, stderr } = await place.run('init', '--catalog', 'catalog', '--bill', 'table.csv');
    assert.equal(code, 1);
    assert.match(stderr, /table\.csv: missing column BilledCost/);
  });
});
