/** What SurveyMonkey exports as CSV: questions in the first record, and what their columns stand for in the second. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { lookAtSurvey } from '../../../exporters/experience/sheet/look.ts';
import { readSheet, type SheetRead } from '../../../exporters/experience/sheet/read.ts';

const own =
  'Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1';
const row = (id: number, answers: string) =>
  `${id},77,10/0${id}/2026 02:05:51 PM,10/0${id}/2026 02:09:00 PM,198.51.100.7,canary@example.org,Jane,Canary,c,${answers}`;

function read(questions: string, columns: string, answers: readonly string[], head = own): SheetRead {
  const text = [
    `${head},${questions}`,
    `${head.replace(/[^,]/g, '')},${columns}`,
    ...answers.map((one, i) => row(i + 1, one)),
  ];
  const found = readSheet(Buffer.from(`${text.join('\r\n')}\r\n`), {
    ...{ tool: 'surveymonkey', timeZone: 'America/New_York', keyed: (content: string) => content },
  });
  assert.ok(!('fault' in found), JSON.stringify(found));
  return found;
}

const answersOf = ({ responses }: SheetRead, item: string) => responses.map(({ answers }) => answers[item] ?? []);

describe('an export of SurveyMonkey', () => {
  test('has a response a record, and the record below the questions is none', () => {
    const found = read('How easy was it?', 'Response', ['4', '2']);
    assert.deepEqual(found.rejections, []);
    assert.deepEqual(found.items, [{ id: 'How easy was it?', text: 'How easy was it?' }]);
    assert.deepEqual(found.responses[0], {
      ...{ id: '1', place: 'row 3', isComplete: true, answers: { 'How easy was it?': ['4'] } },
      ...{ submittedAt: '2026-10-01T18:05:51.000Z', updatedAt: '2026-10-01T18:09:00.000Z' },
    });
  });

  test('has rows of a grid as questions, called as its API calls them', () => {
    const found = read('<b>How good</b> is our,,', 'portal,build,Open-Ended Response', ['Good,Poor,x', ',Good,']);
    assert.deepEqual(
      found.items.map(({ text }) => text),
      ['How good is our [portal]', 'How good is our [build]', 'How good is our'],
    );
    assert.deepEqual(answersOf(found, 'How good is our [build]'), [['Poor'], ['Good']]);
  });

  test('has several choices of one question as its answers, and the words of "Other" beside them', () => {
    const found = read('What do you use?,,', 'Go,"Java, Kotlin",Other (please specify)', [
      'Go,"Java, Kotlin",',
      ',"Java, Kotlin",Zig',
      ',,',
    ]);
    assert.deepEqual(found.items, [
      { id: 'What do you use?', text: 'What do you use?', choices: ['Go', 'Java, Kotlin'], isMultiple: true },
      { id: 'What do you use? [Other (please specify)]', text: 'What do you use? [Other (please specify)]' },
    ]);
    assert.deepEqual(answersOf(found, 'What do you use?'), [['Go', 'Java, Kotlin'], ['Java, Kotlin'], []]);
    assert.deepEqual(answersOf(found, 'What do you use? [Other (please specify)]'), [[], ['Zig'], []]);
  });

  test('has a scale with a column for each of its words as one question', () => {
    const found = read('It works,,,Team', 'Agree,Neutral,Disagree,Response', ['Agree,,,red', ',,Disagree,blue']);
    assert.deepEqual(answersOf(found, 'It works'), [['Agree'], ['Disagree']]);
    assert.equal(found.items[0]!.isMultiple, undefined);
    assert.deepEqual(answersOf(found, 'Team'), [['red'], ['blue']]);
  });

  test('tells no contact data, neither of the respondent nor of a question that asks for it', () => {
    const found = read('Who are you?,,,Ease', 'Name,Email Address,Phone Number,Response', [
      'Jane Canary,jane.canary@example.org,555,3',
    ]);
    assert.doesNotMatch(JSON.stringify(found), /canary|jane|555|198\.51/i);
    assert.deepEqual(
      found.items.map(({ text }) => text),
      ['Ease'],
    );
  });

  test('may name its columns as programs do', () => {
    const head =
      'respondent_id,collector_id,date_created,date_modified,ip_address,email_address,first_name,last_name,custom_1';
    const found = read('Ease', 'Response', ['3'], head);
    assert.deepEqual(
      found.items.map(({ text }) => text),
      ['Ease'],
    );
  });

  test('with one header record alone is read, too', () => {
    const found = readSheet(Buffer.from(`${own},Ease\n${row(1, '3')}\n`), {
      ...{ tool: 'surveymonkey', timeZone: 'UTC', keyed: (content: string) => content },
    });
    assert.deepEqual('fault' in found ? found : answersOf(found, 'Ease'), [['3']]);
  });

  test('is known by its columns, with the scales in it', async t => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-sheet-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'answers.csv');
    const rows = [1, 2, 3].map(id => row(id, id === 1 ? 'Agree,,4' : ',Disagree,5'));
    writeFileSync(
      file,
      [`${own},It works,,Ease`, `${own.replace(/[^,]/g, '')},Agree,Disagree,Response`, ...rows, ''].join('\n'),
    );
    const look = await lookAtSurvey(file);
    assert.ok(!('fault' in look), JSON.stringify(look));
    assert.deepEqual([look.tool, look.isLocal, look.responses], ['surveymonkey', true, 3]);
    assert.deepEqual(look.questions, [
      { text: 'It works', as: 'scale', answers: { Disagree: 2, Agree: 4 } },
      { text: 'Ease', as: 'scale', max: 5 },
    ]);
  });

  test('that is a workbook is told to be one', async t => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-sheet-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'answers.xlsx');
    writeFileSync(file, Buffer.from('504b030414000600', 'hex'));
    assert.deepEqual(await lookAtSurvey(file), { fault: 'workbook' });
  });
});
