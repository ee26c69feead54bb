import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const mistakes = join(import.meta.dirname, 'promql.types.ts');
const mark = /^\s*\/\/ @ts-expect-error (.*)$/gm;

/** What a reader is told, by what is wrong. */
const sentences: Readonly<Record<string, RegExp>> = {
  'a name that no exporter has': /'montToDate' does not exist .* Did you mean 'monthToDate'\?/,
  "a label that the metric doesn't have": /'tema' does not exist in type 'Exactly<Matchers<"cost_basis" \| /,
  'such a label by the spread of other matchers':
    /'string' is not assignable to type '"a label that the metric lacks"'/,
  'grouped by such a label': /Type '"serivce"' is not assignable to type .* Did you mean '"service"'\?/,
  'a daily family has no value now, but a twin': /Type '"daily"' is not assignable to type '"count" \| "state"'/,
  'the rate of a gauge': /Type '"state"' is not assignable to type '"count" \| "histogram"'/,
  'a sum over a ratio': /Type 'false' is not assignable to type 'true'/,
  'a mean of ratios': /Type 'false' is not assignable to type 'true'/,
  'a label that was aggregated away': /Type '"service"' is not assignable to type '"team"'/,
  'a comparison with series of another label': /Type '"service"' is not assignable to type '"team"'/,
  "a duration that PromQL doesn't know": /'"5 minutes"' is not assignable to parameter of type 'Duration'/,
};

test('the compiler refuses every mistake in a query', async t => {
  const text = await readFile(mistakes, 'utf8');
  assert.equal(await compile(t, text), '');
});

test('without the marks each mistake is one error, in words that name what is wrong', async t => {
  const text = await readFile(mistakes, 'utf8');
  const reasons = [...text.matchAll(mark)].map(match => match[1]!);
  assert.ok(reasons.length > 15);
  const errors = (await compile(t, text.replace(mark, ''))).split(/^(?=\S*query\.mts\()/m);
  assert.equal(errors.length, reasons.length, errors.join('\n'));
  for (const [index, reason] of reasons.entries()) {
    const sentence = sentences[reason];
    if (sentence !== undefined) assert.match(errors[index]!, sentence);
    assert.doesNotMatch(errors[index]!, /No overload|type 'never'/, 'an error that nobody can read');
  }
});

/** What the compiler says about a file of this text, which imports by the paths of this folder. */
async function compile(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-types-'));
  t.after(() => rm(folder, { recursive: true }));
  const here = text
    .replaceAll("from '../../", `from '${root}/`)
    .replaceAll("from './", `from '${import.meta.dirname}/`);
  await writeFile(join(folder, 'query.mts'), here);
  const tsconfig = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      typeRoots: [join(root, 'node_modules/@types')],

      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
    },
    files: ['query.mts'],
    include: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const run = promisify(execFile)(process.execPath, [compiler, '-p', folder, '--pretty', 'false']);
  return run.then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
}
