import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type CsvDelimiter, type CsvRecord, readCsvHeader, scanCsv } from '../../exporters/core/csv.ts';
import { noteFiles, seenFiles } from '../../exporters/core/file-notes.ts';
import {
  eachCsvRecord,
  endlessSettleSeconds,
  type FileHead,
  isSettled,
  listFiles,
  look,
  readHead,
  sameLook,
  vetFile,
} from '../../exporters/core/files.ts';
import { openLedger } from '../../exporters/core/ledger.ts';

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'files-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

async function vet(t: TestContext, content: string | Buffer, name = 'a.csv') {
  const file = path.join(folder(t), name);
  writeFileSync(file, content);
  const found = await look(file);
  assert.ok(found);
  const head = await readHead(found);
  return typeof head === 'string' ? head : vetFile(found, head);
}

test('a path, a folder and a glob list the files they mean, without hidden ones', async t => {
  const root = folder(t);
  for (const name of ['b.csv', 'a.csv', 'x.txt', 'm/c.csv', '_tmp/d.csv', '.e.csv', 'm/_SUCCESS.csv']) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), 'x');
  }
  const accepts = (name: string) => name.endsWith('.csv');
  const names = async (pattern: string) =>
    (await listFiles(path.join(root, pattern), accepts)).map(file => path.relative(root, file.path));
  assert.deepEqual(await names('.'), ['a.csv', 'b.csv', 'm/c.csv']);
  assert.deepEqual(await names('*.csv'), ['a.csv', 'b.csv']);
  assert.deepEqual(await names('**/*.csv'), ['a.csv', 'b.csv', 'm/c.csv']);
  assert.deepEqual(await names('x.txt'), ['x.txt'], 'a file named by itself is meant, whatever its name');
  assert.deepEqual(await names('nowhere'), []);
});

test('a file is settled when two looks agree or it is old enough', async t => {
  const file = path.join(folder(t), 'a.csv');
  writeFileSync(file, 'a');
  const first = await look(file);
  assert.ok(first);
  assert.equal(isSettled(first, undefined, 60), false);
  assert.equal(isSettled(first, first, 60), true);
  assert.equal(isSettled(first, undefined, 0), true);
  appendFileSync(file, 'b');
  const second = await look(file);
  assert.ok(second);
  assert.equal(sameLook(first, second), false);
  assert.equal(isSettled(second, first, 60), false);
  utimesSync(file, new Date(0), new Date(0));
  assert.equal(isSettled((await look(file))!, undefined, 60), true);
  rmSync(file);
  assert.equal(await look(file), undefined);
});

test('a whole file is vetted with its digest and its records', async t => {
  assert.deepEqual(await vet(t, 'a,b\n1,"x ""y"", z"\n\n2,\n'), {
    digest: '8625896f27300c8464b659f36e89346de478f3bb25e9f335135aece45f7a5a36',
    records: 2,
    recordIsLine: false,
  });
});

const faults: readonly (readonly [reason: string, content: string | Buffer, name?: string])[] = [
  ['empty', ''],
  ['empty', '\n\n'],
  ['unbalanced_quotes', 'a,b\n1,"x\n2,y\n'],
  ['unbalanced_quotes', 'a,b\n1,"x""\n'],
  ['truncated_record', 'a,b,c\n1,2,3\n1,2'],
  ['truncated_gzip', gzipSync('a,b\n'.repeat(5000)).subarray(0, -9), 'a.csv.gz'],
  ['truncated_gzip', gzipSync('a,b\n1,2\n').subarray(0, 12), 'a.csv.gz'],
  ['truncated_parquet', Buffer.from('PAR1............'), 'a.parquet'],
  ['truncated_parquet', Buffer.from('a,b\n1,2\n'), 'a.parquet'],
  ['not_utf8', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le')],
];
for (const [reason, content, name] of faults)
  test(`${JSON.stringify(String(content).slice(0, 20))} is refused as ${reason}`, async t => {
    assert.equal(await vet(t, content, name), reason);
  });

test('a last record without its newline is whole when it has all its fields and nobody has written for an hour', async t => {
  const file = path.join(folder(t), 'a.csv');
  writeFileSync(file, 'a,b,c\n1,2,3\n4,5,6');
  const records = async () => {
    const found = (await look(file))!;
    const result = await vetFile(found, (await readHead(found)) as FileHead);
    return typeof result === 'string' ? result : result.records;
  };
  const writtenAgo = (seconds: number) => {
    const then = new Date(Date.now() - seconds * 1000);
    utimesSync(file, then, then);
  };
  assert.equal(await records(), 'no_final_newline');
  writtenAgo(endlessSettleSeconds - 60);
  assert.equal(await records(), 'no_final_newline');
  writtenAgo(endlessSettleSeconds + 1);
  assert.equal(await records(), 2);
  appendFileSync(file, '\n');
  assert.equal(await records(), 2, 'with its newline it is whole at once');
});

test('gzip that is whole needs no newline at its end', async t => {
  const result = await vet(t, gzipSync('a,b\n1,2\n3,4'), 'a.csv.gz');
  assert.equal(typeof result === 'object' && result.records, 2);
});

test('each record is told with its line, whatever stands between', async t => {
  const text = '\ufeffa,b\r\n1,"x\r\ny"\r\n\r\n\r\n2\r\n3,4';
  for (const gzip of [false, true]) {
    const file = path.join(folder(t), 'a.csv');
    writeFileSync(file, gzip ? gzipSync(text) : text);
    const records: CsvRecord[] = [];
    await eachCsvRecord(file, { gzip, delimiter: ',' }, record => records.push(record));
    assert.deepEqual(records, [
      { number: 1, line: 1, end: 8 },
      { number: 2, line: 2, end: 18 },
      { number: 3, line: 6, end: 25 },
      { number: 4, line: 7, end: 28 },
    ]);
  }
});

test('a file whose lines end in a bare carriage return is told from an empty one', async t => {
  assert.equal(await vet(t, 'a,b\r1,2\r3,4\r'), 'bare_carriage_returns');
  const quoted = await vet(t, '"a\rx",b\r\n1,2\r\n');
  assert.equal(typeof quoted === 'object' && quoted.records, 1);
});

test('gzip is known by its bytes, and a file of several members is read to the last', async t => {
  const members = Buffer.concat([gzipSync('a,b\n1,2\n'), gzipSync('3,4\n')]);
  const result = await vet(t, members, 'a.csv');
  assert.equal(typeof result === 'object' && result.records, 2);
});

test('the scan finds the same wherever a file is sliced', () => {
  const content = Buffer.from('\ufeffa;"b;\n""";c\r\n1;5" disk;"x\n"\r\n\r\n"";;"""";\n');
  const whole = scanCsv(';');
  whole.push(content);
  const expected = { balanced: true, lastRecordWhole: true, records: 3, endsWithNewline: true, recordIsLine: false };
  assert.deepEqual(whole.end(), expected);
  for (let size = 1; size < content.length; size++) {
    const sliced = scanCsv(';');
    for (let at = 0; at < content.length; at += size) sliced.push(content.subarray(at, at + size));
    assert.deepEqual(sliced.end(), expected, `slices of ${size}`);
  }
});

const headers: readonly (readonly [text: string, delimiter: CsvDelimiter, columns: readonly string[]])[] = [
  ['\ufeffA,B\r\n1,2', ',', ['A', 'B']],
  ['"A, x";"B ""q"""\n', ';', ['A, x', 'B "q"']],
  ['A\tB\tC, D\n', '\t', ['A', 'B', 'C, D']],
  ['A|B\n', '|', ['A', 'B']],
  ['"A\nx",B\n1,2\n', ',', ['A\nx', 'B']],
];
for (const [text, delimiter, columns] of headers)
  test(`the header of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(readCsvHeader(Buffer.from(text)), { delimiter, columns });
  });

test('what is known of files is replaced path by path', async t => {
  const ledger = await openLedger({ path: ':memory:' });
  t.after(() => ledger.close());
  const now = new Date('2026-11-01T00:00:00Z');
  const note = { size: 1, mtimeMs: 2, digest: 'd', state: 'loaded', reason: '', records: 3 } as const;
  const file = (name: string) => ({ ...note, path: `/${name} 'x'.csv` });
  await ledger.write(tx => noteFiles(tx, 's', [file('a'), file('b'), file('c')], { now }));
  await ledger.write(tx =>
    noteFiles(tx, 's', [{ ...file('b'), state: 'broken', reason: 'empty' }], { now, gone: [file('c').path] }),
  );
  const seen = await ledger.read(reader => seenFiles(reader, 's'));
  assert.deepEqual(
    [...seen.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    [file('a'), { ...file('b'), state: 'broken', reason: 'empty' }],
  );
  assert.equal((await ledger.read(reader => seenFiles(reader, 'another'))).size, 0);
});

test('records found by their newlines and quotes are those found byte by byte, whatever a file holds', () => {
  const pieces = ['a', ',', ',', '"', '""', '\n', '\r\n', '\r', '"x"', ',"y,\n""z"""', ';'];
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const follow = (bytes: Buffer, size: number) => {
    const records: CsvRecord[] = [];
    const scan = scanCsv(',', record => records.push(record));
    for (let from = 0; from < bytes.length; from += size) scan.push(bytes.subarray(from, from + size));
    return { records, shape: scan.end() };
  };
  for (let n = 0; n < 3_000; n++) {
    const text = `h,i\n${Array.from({ length: random(40) }, () => pieces[random(pieces.length)]).join('')}`;
    const bytes = Buffer.from(text);
    // In slices of one byte no record is ever whole.
    assert.deepEqual(follow(bytes, bytes.length), follow(bytes, 1), JSON.stringify(text));
  }
});
