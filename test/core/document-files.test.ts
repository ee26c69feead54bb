import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { type DocumentFiles, documentFiles } from '../../exporters/core/document-files.ts';
import { openLedger } from '../../exporters/core/ledger.ts';
import { refreshSource } from '../../exporters/core/refresh.ts';
import { toyExporter } from './toy.ts';

/** Documents are numbers in files; `written` is what was committed, `reads` what was read. */
async function numbers(t: TestContext, more: Partial<DocumentFiles<number>> = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-documents-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const written: number[] = [];
  const places: boolean[] = [];
  const reads: string[] = [];
  const source = documentFiles<number>({
    ...{ name: 'numbers', everySeconds: 60, path: folder, settleSeconds: 0, mostBytes: 100 },
    accepts: file => file.endsWith('.txt'),
    notFound: () => new Error('not found'),
    read: ({ bytes, file }) => {
      reads.push(path.basename(file.path));
      const text = bytes.toString().trim();
      return /^\d+$/.test(text)
        ? { state: 'loaded', document: Number(text), records: 1, rejections: [] }
        : { state: 'skipped', reason: 'not_a_number' };
    },
    write: async (_, documents, { isLast }) => {
      written.push(...documents);
      places.push(isLast);
      return documents.length;
    },
    ...more,
  });
  const exporter = toyExporter([source]);
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  t.after(() => ledger.close());
  const now = () => new Date();
  const log = pino({ level: 'silent' });
  const options = { exporter, ledger, log, now, signal: new AbortController().signal, progress: () => undefined };
  return {
    written,
    places,
    reads,
    deliver: (name: string, body: string | Buffer) => {
      writeFileSync(path.join(folder, name), body);
      utimesSync(path.join(folder, name), new Date('2026-11-01'), new Date('2026-11-01'));
    },
    refresh: () => refreshSource(source, options),
    notes: async () =>
      (await ledger.read(reader => reader.all('SELECT path, state, reason FROM files ORDER BY path'))).map(
        ({ path: file, state, reason }) => `${path.basename(String(file))} ${state} ${reason}`,
      ),
  };
}

test('files are read once, unpacked, and those that are too large or damaged are told', async t => {
  const { deliver, refresh, notes, written, reads } = await numbers(t);
  deliver('1.txt', '11');
  deliver('2.txt.gz', gzipSync('22'));
  deliver('3.txt.gz', gzipSync('33').subarray(0, 12));
  deliver('4.txt.gz', gzipSync('4'.repeat(101)));
  deliver('5.txt', '5'.repeat(101));
  deliver('6.txt', 'six');
  deliver('7.other', '77');
  const { records, rejected } = await refresh();
  assert.deepEqual([records, written, rejected], [2, [11, 22], { file_truncated_gzip: 1, file_too_large: 2 }]);
  assert.deepEqual(await notes(), [
    ...['1.txt loaded ', '2.txt.gz loaded ', '3.txt.gz broken truncated_gzip', '4.txt.gz broken too_large'],
    ...['5.txt broken too_large', '6.txt skipped not_a_number'],
  ]);
  assert.deepEqual([(await refresh()).records, written, reads], [0, [11, 22], ['1.txt', '2.txt.gz', '6.txt']]);
});

test('documents that have an order are written in it, those that memory has no room for are read again', async t => {
  const { deliver, refresh, written, reads, places } = await numbers(t, { orderOf: number => number, heldBytes: 3 });
  for (const [name, body] of Object.entries({
    'a.txt': '40',
    'b.txt': '30',
    'c.txt': '20',
    'd.txt': 'x',
    'e.txt': '10',
  }))
    deliver(name, body);
  const { records } = await refresh();
  assert.deepEqual([records, written, places], [4, [10, 20, 30, 40], [true]]);
  assert.deepEqual(reads, ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt', 'e.txt', 'c.txt', 'b.txt']);
});

test('a source may look into files that may still be being written, and wait for them by their content', async t => {
  const read: DocumentFiles<number>['read'] = ({ bytes, isSettled }) =>
    isSettled || bytes.length > 1
      ? { state: 'loaded', document: Number(bytes.toString()), records: 1, rejections: [] }
      : { state: 'waiting', reason: 'being_written' };
  const tenYears = 10 * 366 * 86_400;
  const { deliver, refresh, notes, written } = await numbers(t, {
    ...{ settleSeconds: tenYears, readsUnsettled: true, read },
  });
  deliver('1.txt', '1');
  deliver('2.txt', '22');
  deliver('3.txt.gz', gzipSync('33').subarray(0, 12));
  await refresh();
  assert.deepEqual(
    [written, await notes()],
    [[22], ['1.txt waiting being_written', '2.txt loaded ', '3.txt.gz waiting being_written']],
  );
  // Two looks that agree.
  await refresh();
  assert.deepEqual(
    [written, await notes()],
    [
      [22, 1],
      ['1.txt loaded ', '2.txt loaded ', '3.txt.gz broken truncated_gzip'],
    ],
  );
});
