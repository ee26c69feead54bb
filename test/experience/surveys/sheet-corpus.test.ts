/** Real exports of Google Forms and Sheets: every count of scales and choices against DuckDB's own reader. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openLedger } from '../../../exporters/core/ledger.ts';
import { readSheet, type SheetOptions, type SheetRead } from '../../../exporters/experience/sheet/read.ts';
import type { SurveyItem } from '../../../exporters/experience/surveys/told.ts';
import { corpus } from '../../e2e/lib/corpus.ts';

const folder = path.join(corpus, 'experience/survey-otel');
const files = {
  'developer-experience-survey.csv': { rows: 217, several: 8 },
  'otel-contributor-experience-survey-demographic-questions.csv': { rows: 134, several: 0 },
  'otel-getting-started-survey.csv': { rows: 104, several: 3 },
} as const;

function readFile(t: TestContext, file: string, more: Partial<SheetOptions> = {}): SheetRead | undefined {
  const found = path.join(folder, file);
  if (!existsSync(found)) {
    t.skip(`${file} is not in PLUMBLINE_CORPUS`);
    return undefined;
  }
  const read = readSheet(readFileSync(found), {
    ...{ tool: 'google', timeZone: 'America/New_York', keyed: text => text, ...more },
  });
  assert.ok(!('fault' in read), JSON.stringify(read));
  return read;
}

async function sql(query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const books = await openLedger({ path: ':memory:' });
  try {
    return await books.read(reader => reader.all(query));
  } finally {
    await books.close();
  }
}

/** With line ends of both kinds, which DuckDB takes for one file when it is told not to be strict. */
const tableOf = (file: string) =>
  `read_csv('${path.join(folder, file)}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"',
     strict_mode = false)`;

const columnsIn = async (file: string) =>
  (await sql(`SELECT column_name FROM (DESCRIBE FROM ${tableOf(file)})`)).map(row => String(row.column_name));

function trimmed(columns: readonly string[], { text }: Pick<SurveyItem, 'text'>): string {
  const name = columns.find(column => column.trim() === text)!;
  return `regexp_replace("${name.replaceAll('"', '""')}", '^\\s+|\\s+$', '', 'g')`;
}

const countsOf = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  Object.fromEntries(
    rows.map(({ answer, n }) => [String(answer), Number(n)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );

for (const [file, expected] of Object.entries(files))
  describe(file, () => {
    test('gives every response, at its time, and nothing is rejected', t => {
      const read = readFile(t, file);
      if (!read) return;
      assert.deepEqual(read.rejections, []);
      assert.equal(read.responses.length, expected.rows);
      assert.equal(new Set(read.responses.map(({ id }) => id)).size, expected.rows);
      assert.ok(read.responses.every(({ submittedAt }) => /^202[45]-/.test(submittedAt)));
      assert.equal(read.items.filter(({ isMultiple }) => isMultiple).length, expected.several);
    });

    test('counts every choice and every number of a scale as SQL does', async t => {
      const read = readFile(t, file);
      if (!read) return;
      const columns = await columnsIn(file);
      let compared = 0;
      for (const item of read.items.filter(({ isMultiple }) => !isMultiple)) {
        const theirs = await sql(
          `SELECT ${trimmed(columns, item)} AS answer, count(*) AS n FROM ${tableOf(file)} WHERE answer <> '' GROUP BY ALL`,
        );
        assert.deepEqual(counted(read, item.id), countsOf(theirs), item.text);
        compared += 1;
      }
      assert.equal(compared, read.items.length - expected.several);
    });
  });

describe('several choices of real answers', () => {
  test('are the choices of the form, with those that hold a comma', async t => {
    const read = readFile(t, 'developer-experience-survey.csv');
    if (!read) return;
    const platforms = read.items.find(({ text }) => text.startsWith('Which platforms'))!;
    const own = counted(read, platforms.id);
    const cell = trimmed(await columnsIn('developer-experience-survey.csv'), platforms);
    const choices = ['Kubernetes', 'AWS', 'AWS serverless environments (Lambda, Fargate, etc.)', 'VMs', 'Azure', 'GCP'];
    for (const choice of choices) {
      // A choice is in a cell where it stands between separators.
      const [row] = await sql(
        `SELECT count(*) AS n FROM ${tableOf('developer-experience-survey.csv')}
         WHERE contains(', ' || ${cell} || ', ', ', ${choice}, ')`,
      );
      assert.equal(own[choice], Number(row!.n), choice);
      assert.ok(own[choice]! > 10, choice);
    }
  });

  test('joined by semicolons are those between them', async t => {
    const file = 'otel-getting-started-survey.csv';
    const read = readFile(t, file);
    if (!read) return;
    const columns = await columnsIn(file);
    for (const item of read.items.filter(({ isMultiple }) => isMultiple)) {
      const theirs = await sql(
        `SELECT trim(choice) AS answer, count(*) AS n
         FROM (SELECT unnest(string_split(${trimmed(columns, item)}, ';')) AS choice FROM ${tableOf(file)})
         WHERE answer <> '' GROUP BY ALL`,
      );
      assert.deepEqual(counted(read, item.id), countsOf(theirs));
    }
  });

  test('that are configured are found in a question that does not say so, though they hold commas', t => {
    const question = 'Have you held any of the following roles in OpenTelemetry within the last year?';
    const role = 'I am a maintainer, Technical Committee member or Governance Committee member';
    const file = 'otel-contributor-experience-survey-demographic-questions.csv';
    const known = readFile(t, file, {
      multiple: { [question]: ['I am an OpenTelemetry member', 'I am a triager', role] },
    });
    const learned = readFile(t, file, { multiple: { [question]: [] } });
    if (!known || !learned) return;
    assert.equal(counted(learned, question)[role], counted(known, question)[role]);
    assert.ok((counted(known, question)[role] ?? 0) > 10);
  });
});

function counted({ responses }: SheetRead, item: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { answers } of responses) for (const one of answers[item] ?? []) counts[one] = (counts[one] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
