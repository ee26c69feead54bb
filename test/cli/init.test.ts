import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { bill, workplace } from './command.ts';

const init = (...more: readonly string[]) => ['init', '--catalog', 'catalog', ...more] as const;

/** What `scrape` says of the same files is what `init` has said. */
describe('plumbline init reads bills as serve does', () => {
  it('survives a bad row, counts it by reason, and proposes rules from the others', async t => {
    const place = workplace(t);
    const [header, first, second, third] = bill.trimEnd().split('\n');
    // Too many fields, a number that is none, a byte that is not UTF-8.
    const lines = [header, first, `${second},surplus`, third!.replace(',10,10,10,10,', ',ten,10,10,10,'), first];
    writeFileSync(
      path.join(place.folder, 'bill.csv'),
      Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), Buffer.from([0xff]), Buffer.from(`${first}\n`)]),
    );
    const { code, stdout, stderr } = await place.run(...init('--bill', 'bill.csv'));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^bill +2 rows, 1 day from 2026-05-01 to 2026-05-01$/m);
    assert.match(stdout, /^rejected +1 record: bad number$/m);
    assert.match(stdout, /^rejected +1 record: too many columns$/m);
    assert.match(stdout, /^owners +1 team$/m);
    const scraped = await place.run('scrape');
    assert.match(scraped.stderr, /^focus: 2 records, \d+ new or changed, 3 rejected$/m);
  });

  it('names a file that is not whole beside one that is', async t => {
    const place = workplace(t);
    const whole = gzipSync(bill);
    writeFileSync(path.join(place.folder, 'cut.csv.gz'), whole.subarray(0, whole.length - 20));
    const { code, stdout, stderr } = await place.run(...init('--bill', 'bill.csv', 'cut.csv.gz'));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^bill +3 rows/m);
    assert.match(stdout, /^left out +\S*cut\.csv\.gz: truncated gzip$/m);
  });

  it('writes the configuration where a part that is not whole holds its folder back, and names it', async t => {
    const place = workplace(t);
    const whole = gzipSync(bill);
    place.write('bills/a.csv', bill);
    writeFileSync(path.join(place.folder, 'bills/cut.csv.gz'), whole.subarray(0, whole.length - 20));
    const { code, stdout, stderr } = await place.run(...init('--bill', 'bills'));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^bill +0 rows, no day$/m);
    assert.match(stdout, /^left out +\S*cut\.csv\.gz: truncated gzip$/m);
    assert.match(stdout, /^waiting +\S*a\.csv: held back$/m);
    assert.match(readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8'), /delivery: folders/);
  });

  it('fails, and writes nothing, where no row could be read', async t => {
    const place = workplace(t);
    const whole = gzipSync(bill);
    writeFileSync(path.join(place.folder, 'cut.csv.gz'), whole.subarray(0, whole.length - 20));
    place.write('other.csv', 'a,b\n1,2\n');
    const { code, stdout, stderr } = await place.run(...init('--bill', 'cut.csv.gz', 'other.csv'));
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      /cut\.csv\.gz: truncated gzip\n.*other\.csv: missing column BilledCost\n.*\(BILLS_UNREADABLE\)/,
    );
    assert.ok(!existsSync(path.join(place.folder, 'plumbline.yaml')));
  });

  it('fails, and writes nothing, where a file can be looked at and has no row that counts', async t => {
    const place = workplace(t);
    const [header = '', ...rows] = bill.trimEnd().split('\n');
    place.write('twice.csv', bill.replace('ListCost', 'BilledCost'));
    place.write('dateless.csv', [header, ...rows.map(row => row.replaceAll('2026-', 'none-')), ''].join('\n'));
    const { code, stdout, stderr } = await place.run(...init('--bill', 'twice.csv', 'dateless.csv'));
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /dateless\.csv: no readable rows\n.*twice\.csv: duplicate column BilledCost/);
    assert.match(stderr, /\(BILLS_UNREADABLE\)/);
    assert.ok(!existsSync(path.join(place.folder, 'plumbline.yaml')));
  });

  it('names the families that would have too many series', async t => {
    const place = workplace(t);
    const [header = '', row = ''] = bill.trimEnd().split('\n');
    const names = header.split(',');
    const provider = names.indexOf('ProviderName');
    const asked = async (providers: number) => {
      const rows = Array.from({ length: providers }, (_, index) =>
        row.split(',').with(provider, `P${index}`).join(','),
      );
      place.write('bill.csv', [header, ...rows, ''].join('\n'));
      const { code, stdout, stderr } = await place.run(...init('--bill', 'bill.csv', '--force'));
      assert.equal(code, 0, stderr);
      return stdout;
    };
    assert.doesNotMatch(await asked(100), /^refused/m);
    const stdout = await asked(101);
    assert.match(
      stdout,
      /^refused +finops_newest_charge_timestamp_seconds would have \d+ series by provider, .*\(SERIES_OVER_BUDGET\)/m,
    );
  });
});

describe('the file that plumbline init writes', () => {
  it('is named by --config as in every command, or by --out', async t => {
    const place = workplace(t);
    for (const option of ['--config', '--out']) {
      const { code, stdout, stderr } = await place.run(...init('--bill', 'bill.csv', option, `${option}.yaml`));
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`serve --config ${option}\\.yaml\\n$`));
      assert.ok(existsSync(path.join(place.folder, `${option}.yaml`)));
    }
    const both = await place.run(...init('--bill', 'bill.csv', '--config', 'a.yaml', '--out', 'b.yaml'));
    assert.equal(both.code, 2);
    assert.match(both.stderr, /give one of them/);
  });

  it('may not stand in a folder that is not there', async t => {
    const { code, stderr } = await workplace(t).run(...init('--bill', 'bill.csv', '--config', 'none/a.yaml'));
    assert.equal(code, 2);
    assert.match(stderr, /could not write none\/a\.yaml: ENOENT\n.*\(FILE_UNWRITABLE\)/);
  });
});
