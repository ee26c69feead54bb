/** The survey sources of plumbline.yaml: secrets from files, paths relative to it, and sentences for what is wrong. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { loadConfig } from '../../../exporters/config.ts';
import { describeError } from '../../../exporters/core/errors.ts';
import { maskSecrets } from '../../../exporters/core/secrets.ts';

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-survey-config-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

const survey = `
  surveys:
    - survey: developer
      questions: [{ question: How likely*, name: recommend, as: nps }]`;

describe('survey sources', () => {
  test('have their secrets from files, and paths relative to the configuration', async t => {
    const key = '{\n  "client_email": "a@b",\n  "private_key": "-----BEGIN"\n}\n';
    const folder = folderOf(t, {
      'plumbline.yaml': `
experience:
  privacy: { pseudonym_key_file: secret.key }${survey}
  surveymonkey: [{ survey: developer, id: "152299598", region: eu, token_file: monkey }]
  google_forms:
    - { survey: developer, form: 1FAIpQLSe, credential_file: key.json }
    - { name: sheet, survey: developer, path: "answers/*.csv", time_zone: Europe/Berlin }
  csv: [{ survey: developer, path: exports, tool: qualtrics }]
`,
      ...{ 'secret.key': '0123456789abcdef-of-a-test\n', monkey: 'monkey-token-of-a-test\n', 'key.json': key },
    });
    const { experience } = await loadConfig(path.join(folder, 'plumbline.yaml'), { env: {} });
    assert.equal(experience?.privacy.pseudonym_key, '0123456789abcdef-of-a-test');
    assert.equal(experience.surveymonkey[0]!.token, 'monkey-token-of-a-test');
    assert.equal(experience.google_forms[0]!.credential, key.trimEnd());
    assert.equal(experience.google_forms[1]!.path, path.join(folder, 'answers/*.csv'));
    assert.equal(experience.csv[0]!.path, path.join(folder, 'exports'));
    assert.equal(maskSecrets('x monkey-token-of-a-test 0123456789abcdef-of-a-test'), 'x *** ***');
  });

  test('that are wrong are told where', async t => {
    const folder = folderOf(t, {
      'secret.key': '0123456789abcdef-of-a-test\n',
      'plumbline.yaml': `
experience:
  privacy: { pseudonym_key_file: secret.key }${survey}
  surveymonkey: [{ survey: develper, id: "abc", token: t }]
  google_forms: [{ survey: developer, path: a.csv }]
  csv: [{ survey: developer, path: a, tool: excel }]
`,
    });
    const said = await loadConfig(path.join(folder, 'plumbline.yaml'), { env: {} }).then(() => '', describeError);
    assert.match(said, /surveymonkey\[0\]\.id .*expected the number that its address ends with/);
    assert.match(said, /google_forms\[0\]\.time_zone is missing; expected the sheet's time zone/);
    assert.match(said, /csv\[0\]\.tool is "excel"; expected one of google, qualtrics, surveymonkey, typeform/);
  });
});
