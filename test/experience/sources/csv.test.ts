/** Tables of survey tools in files and at an address, as the runtime reads them. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { csvSchema } from '../../../exporters/experience/sources/csv/config.ts';
import { csvSource } from '../../../exporters/experience/sources/csv/index.ts';
import { startLocalServer } from '../../core/local-server.ts';
import { counted, surveyRun } from '../survey-run.ts';

interface Options {
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly definition?: unknown;
}

let clock = Date.parse('2026-11-01T00:00:00Z');

function folderOf(t: TestContext, files: Readonly<Record<string, string | Buffer>>) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-csv-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string | Buffer) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    clock += 60_000;
    utimesSync(file, clock / 1000, clock / 1000);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  return { folder, write };
}

async function open(t: TestContext, { files = {}, config = {}, definition }: Options) {
  const { folder, write } = folderOf(t, files);
  const item = csvSchema.parse({ survey: 'developer', path: folder, time_zone: 'UTC', ...config });
  const run = await surveyRun(t, {
    source: (desk, client) => csvSource(item, desk, client),
    now: '2026-11-10T12:00:00Z',
    ...(definition === undefined ? {} : { definition }),
  });
  return { ...run, folder, write };
}

const plain = { columns: { submitted: 'When' } };
const head = 'When,How likely?,Team,E-Mail Address\n';

describe('tables of tools', () => {
  test('of Qualtrics have names, texts and ids before the answers, and their own time zone', async t => {
    const run = await open(t, {
      config: { tool: 'qualtrics', time_zone: undefined },
      files: {
        'q.csv': [
          'StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,RecipientLastName,RecipientFirstName,RecipientEmail,ExternalReference,LocationLatitude,LocationLongitude,DistributionChannel,UserLanguage,Q1,Q2_1,Q3',
          'Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,Recorded Date,Response ID,Recipient Last Name,Recipient First Name,Recipient Email,External Data Reference,Location Latitude,Location Longitude,Distribution Channel,User Language,How likely are you to recommend it?,Rate - Speed,"Tools (select all that apply)"',
          '"{""ImportId"":""startDate"",""timeZone"":""America/Denver""}",{""},x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x',
          '2026-07-01 20:00:00,2026-07-01 20:05:00,IP Address,198.51.100.77,100,300,True,2026-07-01 20:06:00,R_1,Canary,Jane,jane.canary@example.org,e,1,2,anonymous,EN,9,4,"CI,CD"',
          '2026-07-01 21:00:00,2026-07-01 21:05:00,Survey Preview,198.51.100.77,100,300,True,2026-07-01 21:06:00,R_2,,,,,1,2,preview,EN,1,1,CI',
          '2026-07-01 22:00:00,2026-07-01 22:05:00,0,198.51.100.77,50,300,0,2026-07-01 22:06:00,R_3,,,,,1,2,anonymous,EN,3,,',
        ].join('\n'),
      },
    });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, {}]);
    const [told] = run.told;
    assert.deepEqual(told!.items, [
      { id: 'Q1', text: 'How likely are you to recommend it?' },
      { id: 'Q2_1', text: 'Rate - Speed' },
      { id: 'Q3', text: 'Tools (select all that apply)', isMultiple: true },
    ]);
    assert.deepEqual(told!.responses, [
      {
        ...{ id: 'R_1', place: 'q.csv row 4', isComplete: true },
        ...{ submittedAt: '2026-07-02T02:00:00.000Z', updatedAt: '2026-07-02T02:06:00.000Z' },
        answers: { Q1: ['9'], Q2_1: ['4'], Q3: ['CI', 'CD'] },
      },
      {
        ...{ id: 'R_3', place: 'q.csv row 6', isComplete: false },
        ...{ submittedAt: '2026-07-02T04:00:00.000Z', updatedAt: '2026-07-02T04:06:00.000Z' },
        answers: { Q1: ['3'] },
      },
    ]);
  });

  test('of LimeSurvey, in Excel’s UTF-16 with tabs, are complete where they were submitted', async t => {
    const text =
      'Response ID\tDate submitted\tLast page\tStart language\tDate started\tDate last action\tIP address\tFirst name\tHow likely?\r\n' +
      '1\t2026-03-01 10:00:00\t3\ten\t2026-03-01 09:50:00\t2026-03-01 10:00:00\t198.51.100.77\tCanaryjane\t9\r\n' +
      '2\t\t1\ten\t2026-03-01 11:00:00\t2026-03-01 11:01:00\t198.51.100.77\tCanaryjane\t2\r\n';
    const run = await open(t, {
      config: { tool: 'limesurvey' },
      files: { 'export.txt': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]) },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(
      run.told[0]!.responses.map(({ id, isComplete, answers }) => [id, isComplete, answers]),
      [
        ['1', true, { 'How likely?': ['9'] }],
        ['2', false, { 'How likely?': ['2'] }],
      ],
    );
  });

  test('of LimeSurvey without dates of its own have 1980 for one, which is none', async t => {
    const run = await open(t, {
      config: { tool: 'limesurvey' },
      files: {
        'a.csv':
          '"id","submitdate","lastpage","seed","Q1"\n"1","1980-01-01 00:00:00","2","7","9"\n"2","","1","8","3"\n',
      },
    });
    assert.deepEqual((await run.refresh()).rejected, { bad_time: 1 });
    assert.deepEqual(run.told[0]!.responses, []);
  });

  test('of Typeform are in UTC', async t => {
    const run = await open(t, {
      config: { tool: 'typeform', time_zone: 'Asia/Tokyo' },
      files: {
        't.csv':
          '#,How likely?,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags,Ending\n' +
          'abc,7,completed,2026-03-01 09:50:00,,2026-03-01 10:00:00,0f1e2d,,\n',
      },
    });
    await run.refresh();
    assert.equal(run.told[0]!.responses[0]!.submittedAt, '2026-03-01T10:00:00.000Z');
    assert.deepEqual(run.told[0]!.items, [{ id: 'How likely?', text: 'How likely?' }]);
  });

  test('of Google Forms have their time and address in the language of whoever made the form', async t => {
    for (const [time, mail] of [
      ['Zeitstempel', 'E-Mail-Adresse'],
      ['Horodateur', 'Adresse e-mail'],
      ['Marca temporal', 'Dirección de correo electrónico'],
      ['タイムスタンプ', 'メールアドレス'],
    ]) {
      const run = await open(t, {
        config: { tool: 'google' },
        files: { 'f.csv': `${time},${mail},How likely?\n2026/08/01 10:00:00,jane.canary@example.org,9\n` },
      });
      assert.equal((await run.refresh()).error, undefined);
      assert.deepEqual(
        run.told[0]!.responses.map(({ submittedAt, answers }) => ({ submittedAt, answers })),
        [{ submittedAt: '2026-08-01T10:00:00.000Z', answers: { 'How likely?': ['9'] } }],
        time,
      );
    }
  });

  test('of Microsoft Forms join choices by semicolons and end with one', async t => {
    const run = await open(t, {
      config: { tool: 'microsoft_forms', multiple: { Tools: [] } },
      files: {
        'm.csv':
          '\ufeffId,Start time,Completion time,Email,Name,Tools,How likely?\r\n1,3/21/26 8:00:00,3/21/26 8:05:19,anonymous,,CI;CD;,10\r\n',
      },
    });
    await run.refresh();
    const [response] = run.told[0]!.responses;
    assert.deepEqual(response!.answers, { Tools: ['CI', 'CD'], 'How likely?': ['10'] });
    assert.equal(response!.updatedAt, '2026-03-21T08:05:19.000Z');
  });

  test('of a German spreadsheet have semicolons, decimal commas and a line that says so', async t => {
    const run = await open(t, {
      config: { columns: { submitted: 'Wann', id: 'Nr' }, time_zone: 'Europe/Berlin', encoding: 'windows-1252' },
      files: {
        'a.csv': Buffer.from(
          'sep=;\r\nNr;Wann;Zufriedenheit;Größe\r\n1;21.03.2026 08:05;3,5;"gut; sehr"\r\n',
          'latin1',
        ),
      },
    });
    await run.refresh();
    const [response] = run.told[0]!.responses;
    assert.deepEqual(response!.answers, { Zufriedenheit: ['3.5'], Größe: ['gut; sehr'] });
    assert.equal(response!.submittedAt, '2026-03-21T07:05:00.000Z');
    assert.equal(response!.place, 'a.csv row 3');
  });
});

describe('rows', () => {
  test('are complete where a column says so', async t => {
    const run = await open(t, {
      config: { columns: { submitted: 'When', complete: { column: 'State', is: ['Done', 'Sent'] } } },
      files: { 'a.csv': 'When,State,How likely?\n2026-01-01,done,9\n2026-01-02,open,8\n' },
    });
    await run.refresh();
    assert.deepEqual(
      run.told[0]!.responses.map(({ isComplete }) => isComplete),
      [true, false],
    );
  });

  test('without ids are told apart by what they say, and two that say the same are two', async t => {
    const rows = '2026-01-01 10:00:00,9,Search,\n2026-01-01 10:00:00,9,Search,\n2026-01-01 10:00:00,8,Search,\n';
    const run = await open(t, { config: plain, files: { 'a.csv': head + rows } });
    await run.refresh();
    const before = run.told[0]!.responses.map(({ id }) => id);
    assert.equal(new Set(before).size, 3);
    // Neither a new column nor other columns' order makes others of them.
    run.write(
      'a.csv',
      `Team,New,When,How likely?,E-Mail Address\nSearch,,2026-01-01 10:00:00,9,\nSearch,,2026-01-01 10:00:00,9,\nSearch,,2026-01-01 10:00:00,8,\n`,
    );
    await run.refresh();
    assert.deepEqual(
      run.told[1]!.responses.map(({ id }) => id),
      before,
    );
    assert.doesNotMatch(before.join(), /Search|2026/);
  });

  test('that can not be read are rejected by line and column, and the others count', async t => {
    const run = await open(t, {
      config: { columns: { id: 'No', submitted: 'When' } },
      files: {
        'a.csv':
          'No,When,How likely?,How likely?\n1,2026-01-01,9,8\n2,canary free words,9,8\n,2026-01-01,canary free words,8\n3,2026-01-01,9,8,canary free words\n,,,\n1,2026-01-02,7,6\n',
      },
    });
    assert.deepEqual((await run.refresh()).rejected, {
      ...{ duplicate_column: 1, too_many_fields: 1, bad_time: 1, no_id: 1, duplicate_id: 1 },
    });
    assert.deepEqual(
      (await run.rows('SELECT line, reason, field, value FROM rejects ORDER BY ALL')).map(row =>
        Object.values(row).join('|'),
      ),
      [
        '1|duplicate_column|How likely?|',
        '3|bad_time|When|',
        '4|no_id|No|',
        '5|too_many_fields||',
        '7|duplicate_id|No|',
      ],
    );
    assert.equal(run.told[0]!.isWhole, false);
    assert.deepEqual(
      run.told[0]!.responses.map(({ id, answers }) => [id, answers]),
      [['1', { 'How likely?': ['7'], 'How likely? (2)': ['6'] }]],
    );
    assert.ok(!(await run.traces()).includes('canary'));
  });

  test('name who answered where the survey asks for it alone', async t => {
    const files = { 'a.csv': `${head}2026-01-01,9,Search,jane.canary@example.org\n` };
    const without = await open(t, { config: plain, files });
    await without.refresh();
    assert.doesNotMatch(JSON.stringify(without.told), /canary/);
    const asked = await open(t, {
      ...{ config: plain, files },
      definition: {
        survey: 'developer',
        respondent: 'e-mail  address',
        questions: [{ question: 'How likely*', name: 'nps', as: 'nps' }],
      },
    });
    await asked.refresh();
    assert.deepEqual(asked.told[0]!.responses[0]!.answers['E-Mail Address'], ['jane.canary@example.org']);
    assert.ok(!(await asked.traces()).includes('canary'));
  });
});

describe('files', () => {
  const row = (n: number, score = 9) => `2026-01-${String(n).padStart(2, '0')} 10:00:00,${score},Search,\n`;

  test('are read together, once, and anew when one of them changes', async t => {
    const run = await open(t, {
      config: plain,
      files: { 'a.csv': head + row(1), 'b.csv.gz': gzipSync(head + row(2)) },
    });
    await run.refresh();
    assert.deepEqual([run.told.length, run.told[0]!.responses.length, run.told[0]!.isWhole], [1, 2, true]);
    await run.refresh();
    assert.equal(run.told.length, 1);
    run.write('a.csv', head + row(1) + row(3));
    await run.refresh();
    assert.deepEqual(run.told[1]!.responses.length, 3);
    const again = await run.restart();
    await again.refresh();
    assert.equal(again.told.length, 0);
  });

  test('tell of deleted rows and of files that are gone', async t => {
    const run = await open(t, { config: plain, files: { 'a.csv': head + row(1) + row(2), 'b.csv': head + row(3) } });
    await run.refresh();
    run.write('a.csv', head + row(2));
    await run.refresh();
    assert.deepEqual([run.told[1]!.responses.length, run.told[1]!.isWhole], [2, true]);
    rmSync(path.join(run.folder, 'b.csv'));
    await run.refresh();
    assert.deepEqual([run.told[2]!.responses.length, run.told[2]!.isWhole], [1, true]);
    // The last one gone withdraws nothing: more likely somebody has cleaned up.
    rmSync(path.join(run.folder, 'a.csv'));
    await run.refresh();
    assert.deepEqual([run.told[3]!.responses.length, run.told[3]!.isWhole], [0, false]);
  });

  test('that bring new responses alone take none away', async t => {
    const run = await open(t, { config: { ...plain, is_whole: false }, files: { 'a.csv': head + row(1) } });
    await run.refresh();
    assert.equal(run.told[0]!.isWhole, false);
  });

  test('of which several have a response count by the newest', async t => {
    const run = await open(t, {
      config: { columns: { id: 'Id', submitted: 'When' } },
      files: { 'z.csv': 'Id,When,Q\n1,2026-01-01,old\n' },
    });
    run.write('a.csv', 'Id,When,Q\n1,2026-01-01,new\n');
    await run.refresh();
    assert.deepEqual(counted(run.told[0]!.responses, 'Q'), { new: 1 });
  });

  const faults: readonly (readonly [string, string | Buffer, string])[] = [
    ['nothing in it', '', 'file_empty'],
    ['blank lines alone', '\n\n', 'file_empty'],
    ['a cut inside of quotes', `${head}2026-01-01,"canary free words`, 'file_unbalanced_quotes'],
    ['a cut last line', `${head}2026-01-01,9`, 'file_truncated_record'],
    ['a cut gzip', gzipSync(head).subarray(0, 30), 'file_truncated_gzip'],
    ['bytes of another encoding', Buffer.from(`${head}2026-01-01,9,Größe,\n`, 'latin1'), 'file_not_utf8'],
    ['a web page', '<html>canary</html>', 'file_not_a_table'],
    ['no column of times', 'Date,How likely?\n2026-01-01,9\n', 'file_missing_column'],
  ];
  for (const [what, content, reason] of faults)
    test(`with ${what} are broken, and nothing counts as withdrawn`, async t => {
      const run = await open(t, { config: plain, files: { 'good.csv': head + row(1) } });
      await run.refresh();
      run.write('bad.csv', content);
      assert.deepEqual((await run.refresh()).rejected, { [reason]: 1 });
      assert.deepEqual([run.told[1]!.responses.length, run.told[1]!.isWhole], [1, false]);
      assert.ok(!(await run.traces()).includes('canary'));
    });

  test('that are being written are waited for', async t => {
    const run = await open(t, { config: { ...plain, settle: 60 }, files: { 'a.csv': head + row(1) } });
    appendFileSync(path.join(run.folder, 'a.csv'), row(2));
    const result = await run.refresh();
    assert.deepEqual([result.waiting, run.told[0]?.responses.length ?? 0], [1, 0]);
    assert.notEqual(run.told[0]?.isWhole, true);
    await run.refresh();
    assert.equal(run.told.at(-1)!.responses.length, 2);
  });

  test('of a path that means nothing are an error', async t => {
    const run = await open(t, { config: { ...plain, path: '/nowhere/answers-*.csv' } });
    assert.match((await run.refresh()).error ?? '', /found no table of answers .* at \/nowhere\/answers-\*\.csv/);
  });
});

describe('a table at an address', () => {
  test('is stored where it has changed; its address is no one else’s business', async t => {
    let body = `${head}2026-01-01,9,Search,\n`;
    let status = 200;
    const server = await startLocalServer(
      t,
      (_, response) => void response.writeHead(status, { 'content-type': 'text/csv' }).end(body),
    );
    const url = `${server.url}/d/e/2PACX-secret-of-a-sheet/pub?output=csv`;
    const run = await open(t, { config: { ...plain, path: undefined, url } });
    assert.equal((await run.refresh()).error, undefined);
    await run.refresh();
    assert.deepEqual([run.told.length, run.told[0]!.isWhole], [1, true]);
    body += '2026-01-02,8,Search,\n';
    await run.refresh();
    assert.equal(run.told[1]!.responses.length, 2);
    status = 403;
    assert.match(
      (await run.refresh()).error ?? '',
      /refused access to a table of answers at http:\/\/127\.0\.0\.1:\d+ with 403/,
    );
    status = 503;
    assert.match((await run.refresh()).error ?? '', /503/);
    status = 200;
    body = '<html>Sign in, Canaryjane</html>';
    assert.match((await run.refresh()).error ?? '', /could not read the table .*not_a_table/);
    await server.close();
    assert.match((await run.refresh()).error ?? '', /ECONNREFUSED/);
    const traces = await run.traces();
    assert.ok(!traces.includes('2PACX') && !traces.includes('Canaryjane'));
  });
});

test('a configuration names a path or an address, and the column of times of an unknown tool', () => {
  const messages = (config: object) =>
    csvSchema
      .safeParse({ survey: 'a', ...config })
      .error?.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`) ?? [];
  assert.deepEqual(messages({}), [
    'path: expected path, or url instead of it',
    'columns.submitted: expected the column of times, or the tool that wrote the table',
  ]);
  assert.deepEqual(messages({ tool: 'typeform', path: 'a', url: 'https://a' }), [
    'path: expected path, or url instead of it',
  ]);
  assert.match(
    messages({ tool: 'typeform', path: 'a', time_zone: 'Europe/Berlim' }).join(),
    /time_zone: expected a name/,
  );
  assert.match(messages({ tool: 'typeform', path: 'a', encoding: 'utf-9' }).join(), /encoding: expected an encoding/);
});
