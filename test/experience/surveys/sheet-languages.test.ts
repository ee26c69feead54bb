/** Tables of answers in other languages than English, and as Sheets writes TSV. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { lookAtSurvey } from '../../../exporters/experience/sheet/look.ts';
import { readSheet } from '../../../exporters/experience/sheet/read.ts';
import { sheetRecords } from '../../../exporters/experience/sheet/records.ts';

async function look(t: TestContext, lines: readonly string[]) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-sheet-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'answers.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const found = await lookAtSurvey(file);
  assert.ok(!('fault' in found), JSON.stringify(found));
  return found;
}

describe('a form in another language than English', () => {
  test('is known by its column of times, and its score by the word for recommending', async t => {
    const spanish = await look(t, [
      'Marca temporal,¿Qué tan probable es que recomiendes la plataforma?,¿En qué equipo trabajas?',
      '2026/05/07 5:34:13 p. m. GMT-3,9,rojo',
      '2026/05/07 6:34:13 p. m. GMT-3,7,azul',
      '2026/05/08 9:00:00 a. m. GMT-3,10,rojo',
    ]);
    assert.deepEqual([spanish.tool, spanish.isLocal, spanish.team], ['google', false, '¿En qué equipo trabajas?']);
    assert.deepEqual(spanish.questions, [{ text: '¿Qué tan probable es que recomiendes la plataforma?', as: 'nps' }]);
    const korean = await look(t, [
      '타임스탬프,플랫폼을 동료에게 추천하시겠습니까?',
      ...['2026/05/07 5:34:13 오후 GMT+9,9', '2026/05/07 5:35:13 오후 GMT+9,3', '2026/05/08 9:00:00 오전 GMT+9,10'],
    ]);
    assert.deepEqual([korean.tool, korean.isLocal, korean.questions[0]?.as], ['google', false, 'nps']);
  });
});

describe('tables of tools that write the language of whoever exports', () => {
  test('of Microsoft Forms are known by their times, and tell nobody’s name', async t => {
    const german = await look(t, [
      'ID;Startzeit;Fertigstellungszeit;E-Mail;Name;Wie einfach war es?',
      ...[1, 2, 3].map(
        id => `${id};3.11.2026 09:0${id}:00;3.11.2026 09:1${id}:00;canary@example.org;Jane Canary;${id + 2}`,
      ),
    ]);
    assert.deepEqual([german.tool, german.responses, german.others], ['microsoft_forms', 3, []]);
    assert.deepEqual(german.questions, [{ text: 'Wie einfach war es?', as: 'scale', max: 5 }]);
  });

  test('of Google Forms leave the address out that was asked for', async t => {
    for (const address of [
      '이메일 주소',
      'Адрес электронной почты',
      '電子郵件地址',
      'Nombre de usuario',
      'E-postadress',
    ]) {
      const found = await look(t, [
        `Timestamp,${address},Ease`,
        ...[1, 2, 3].map(id => `11/${id}/2026 9:00:00,canary@example.org,${id}`),
      ]);
      assert.deepEqual([found.others, found.questions.map(({ text }) => text)], [[], ['Ease']], address);
    }
  });

  test('of Qualtrics tell what is finished, and what is a preview', () => {
    const text = [
      'StartDate,Status,Finished,ResponseId,Q1',
      'Anfangsdatum,Antworttyp,Beendet,Antwort-ID,Wie einfach war es?',
      '"{""ImportId"":""startDate"",""timeZone"":""UTC""}",x,x,x,x',
      '2026-11-01 09:00:00,IP-Adresse,Wahr,R_1,3',
      '2026-11-01 09:00:00,Umfragevorschau,Wahr,R_2,4',
      '2026-11-01 09:00:00,IP-Adresse,Falsch,R_3,5',
    ];
    const found = readSheet(Buffer.from(`${text.join('\n')}\n`), { tool: 'qualtrics', keyed: one => one });
    assert.deepEqual('fault' in found ? found : found.responses.map(({ id, isComplete }) => [id, isComplete]), [
      ['R_1', true],
      ['R_3', false],
    ]);
  });
});

describe('TSV', () => {
  const read = (text: string) => {
    const found = sheetRecords(Buffer.from(text));
    return typeof found === 'string' ? found : found.records.map(({ line, fields }) => [line, ...fields]);
  };

  test('as Sheets writes it has no quotes, whatever people write at the beginning of a cell', () => {
    assert.deepEqual(read('When\tWords\tTeam\n1\t"fast" it is not\tred\n2\t"open\tblue\n3\t"eight"\tred\n'), [
      [1, 'When', 'Words', 'Team'],
      [2, '1', '"fast" it is not', 'red'],
      [3, '2', '"open', 'blue'],
      [4, '3', 'eight', 'red'],
    ]);
  });

  test('as spreadsheet programs write it has quotes around newlines', () => {
    assert.deepEqual(read('When\tWords\r\n1\t"two\nlines ""here"""\r\n2\tplain\r\n'), [
      [1, 'When', 'Words'],
      [2, '1', 'two\nlines "here"'],
      [4, '2', 'plain'],
    ]);
  });
});
