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
