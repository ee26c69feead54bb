import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { startAwsServer, testKeys } from '../cost/vendors/aws.ts';
import { bill, workplace } from './command.ts';

const init = ['init', '--catalog', 'catalog', '--bill', 'bill.csv'] as const;

describe('plumbline check, on what is configured and would stay 0 without a word', () => {
  it('says nothing where every budget, invoice and rule selects something', async t => {
    const place = workplace(t);
    await place.run(...init);
    appendFileSync(
      path.join(place.folder, 'plumbline.yaml'),
      `  budgets:
    - { name: pay, team: payments, provider: AWS, amount: "5", currency: USD }
    - { name: rest, team: unowned, amount: "5", currency: USD }
    - { name: past, team: nobody, amount: "5", currency: USD, to: 2020-01-01 }
  invoices:
    - { provider: AWS, billing_account: "1", period: 2026-05, total: "100", currency: USD }
`,
    );
    const { code, stdout } = await place.run('check');
    assert.equal(code, 0, stdout);
    // The rule on accounts is for what has no tag; an earlier one has decided all that it matches.
    const notes = stdout.split('\n').filter(line => line.startsWith('note'));
    assert.equal(notes.length, 1, stdout);
    assert.match(notes[0]!, /^note +charges +the newest charge is of 2026-05-03, \d+ days ago; /);
  });

  it('says of a source that keeps no list of files what was read of its one', async t => {
    const place = workplace(t);
    await place.run(...init);
    place.write('requests.csv', 'day,service,quantity\n2026-05-01,checkout,40\n2026-05-02,checkout,60\n');
    appendFileSync(
      path.join(place.folder, 'plumbline.yaml'),
      `  usage:
    - { name: requests, path: requests.csv }
`,
    );
    const { code, stdout } = await place.run('check');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok +source usage-requests +read, 2 records$/m);
  });

  it('names each that selects nothing, with the nearest name', async t => {
    const place = workplace(t);
    await place.run(...init);
    const file = path.join(place.folder, 'plumbline.yaml');
    const text = readFileSync(file, 'utf8')
      .replace(/^( +)rules:\n/m, '$1rules:\n    - { name: queues, service_name: AmazonSQS, service: checkout }\n')
      .replace('  # splits:', '  splits: [{ name: shared, method: even, teams: [payments, paiments] }]\n  # splits:')
      .replace('  # tokens:', '  tokens: [{ name: ci, role: team, team: playments, token: secret-of-ci-0123456789 }]');
    place.write(
      'plumbline.yaml',
      `${text}  budgets:
    - { name: misspelt, team: paymnts, amount: "5", currency: USD }
    - { name: alias, team: team-payments, amount: "5", currency: USD }
    - { name: service, service: chekout, amount: "5", currency: USD }
    - { name: both, team: unowned, service: checkout, amount: "5", currency: USD }
    - { name: money, team: payments, amount: "5", currency: EUR }
  invoices:
    - { provider: AWS, billing_account: "2", period: 2026-05, total: "100", currency: USD }
    - { provider: AWS, billing_account: "1", period: 2026-04, total: "100", currency: USD }
`,
    );
    const { code, stdout, stderr } = await place.run('check');
    assert.equal(code, 1, stderr);
    const said = (level: string, subject: string, sentence: string) =>
      assert.ok(
        stdout.split('\n').some(line => line.replace(/ {2,}/g, ' ') === `${level} ${subject} ${sentence}`),
        `${subject} ${sentence} is not in\n${stdout}`,
      );
    said('note', 'budget misspelt', 'the team paymnts is no Group of the catalog; it stays 0; did you mean payments?');
    said(
      'note',
      'budget alias',
      'the team team-payments is no Group of the catalog, but an alias: write payments; it stays 0',
    );
    said('note', 'budget service', 'no charge in the ledger has the service chekout; did you mean checkout?');
    said('note', 'budget both', 'no charge in the ledger has the service checkout beside team unowned');
    said('note', 'budget money', 'no charge in the ledger has the currency EUR beside team payments');
    said(
      'note',
      'invoice 2026-05 of 2',
      'no charge in the ledger has the billing account 2 beside provider AWS; did you mean 1?',
    );
    said(
      'note',
      'invoice 2026-04 of 1',
      'no charge in the ledger has the period 2026-04 beside provider AWS, billing account 1, currency USD; did you mean 2026-05?',
    );
    said('note', 'rule queues', 'matches no charge in the ledger');
    said(
      'wrong',
      'ownership',
      'the split shared names the team paiments, which is no Group of the catalog; did you mean payments?; its part goes to the others',
    );
    said('note', 'token ci', 'the team playments is no Group of the catalog; did you mean payments?');
  });

  it('says what is wrong last, and nothing of endpoints and families that nobody has to do with', async t => {
    const place = workplace(t);
    place.write('bill.csv', bill.replace(',10,10,10,10,', ',ten,10,10,10,'));
    await place.run(...init);
    appendFileSync(
      path.join(place.folder, 'plumbline.yaml'),
      `policy: {}
dora:
  git: []
  pagerduty: [{ name: calls, webhook_secret: "0123456789abcdef0123" }]
`,
    );
    const { code, stdout, stderr } = await place.run('check');
    assert.equal(code, 1, stderr);
    const lines = stdout.trimEnd().split('\n');
    const levels = lines.flatMap(line => /^(ok|note|wrong) /.exec(line)?.[1] ?? []);
    const order = ['ok', 'note', 'wrong'];
    assert.deepEqual(
      levels,
      order.flatMap(level => levels.filter(each => each === level)),
    );
    assert.match(lines.at(-3) ?? '', /^wrong +rejects +1 record could not be read; they are listed above$/);
    assert.match(lines.at(-1) ?? '', /^1 wrong, [1-9]\d* to note, [1-9]\d* in order$/);
    assert.ok(lines.findIndex(line => line.startsWith('WHERE')) < lines.findIndex(line => line.startsWith('ok ')));
    assert.doesNotMatch(stdout, /source (events|sarif|checkov|gator)\b/);
    assert.match(stdout, /^ok +posts +1\d further endpoints would take posts; none has come$/m);
    assert.match(stdout, /^note +source calls-webhooks +nothing was posted yet$/m);
    assert.doesNotMatch(stdout, /^[a-z_]+ +0 +\d+$/m);
    assert.match(stdout, /^and [1-9]\d* families without a series$/m);
  });

  it('tells what a source is about to ask and what that costs, and asks nothing that costs money', async t => {
    const place = workplace(t);
    await place.run(...init);
    const aws = await startAwsServer(t);
    const bill = readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8');
    place.write(
      'plumbline.yaml',
      `${bill}  cost_explorer:
    - billing_account: "100000000001"
      role: reconciliation
      endpoint: ${aws.url}
      access_key_id: ${testKeys.accessKeyId}
      secret_access_key: ${testKeys.secretAccessKey}
`,
    );
    const { stdout, stderr } = await place.run('check');
    assert.match(stdout, /source cost-explorer, next +.*requests.*USD/, stderr);
    assert.deepEqual(aws.requests, []);
  });
});
