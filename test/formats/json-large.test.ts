import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachPart, readLargeJson } from '../../exporters/formats/json-large.ts';
import { outlineOf } from '../../exporters/formats/json-outline.ts';

const path = 'Results[].Vulnerabilities';

/** What is given for a path, and the rest, from the bytes and from the value. */
async function parts(text: string | Buffer, without: readonly string[] = []) {
  const bytes = Buffer.from(text as Buffer);
  const given: unknown[] = [];
  const read = await readLargeJson(bytes, { each: { [path]: (one, at) => void given.push([one, at]) }, without });
  return { given, read };
}

test('gives elements with the lists that they are in, and the rest without them', async () => {
  const value = {
    SchemaVersion: 2,
    Results: [
      { Target: 'a "quoted\\" [{', Vulnerabilities: [{ id: 1, deep: [[{}]] }, { id: '}],[{"' }, 3, null, 'x'] },
      { Vulnerabilities: [], Target: 'b' },
      { Target: 'c' },
      { Vulnerabilities: null },
      { Vulnerabilities: [{ id: 9 }] },
    ],
    Last: { Results: [1], text: 'ünïcode 🙂' },
  };
  for (const indent of [undefined, 2, '\t']) {
    const { given, read } = await parts(JSON.stringify(value, undefined, indent));
    const expected: unknown[] = [];
    eachPart(value, { each: { [path]: (one, at) => void expected.push([one, at]) } });
    assert.deepEqual(given, expected);
    assert.equal(given.length, 6);
    assert.deepEqual(given.at(-1), [{ id: 9 }, [4]]);
    const rest = structuredClone(value) as { Results: { Vulnerabilities?: unknown }[] };
    for (const one of rest.Results) if (one.Vulnerabilities) one.Vulnerabilities = [];
    assert.deepEqual(read, { value: rest });
  }
});

test('passes over what is not wanted, without parsing it', async () => {
  const { read } = await parts('{"files":[nonsense {"a":"]"}],"b":{"c":1}}', ['files']);
  assert.deepEqual(read, { value: { b: { c: 1 } } });
});

test('reads many batches whose separator stands in elements and strings, too', async () => {
  const element = (number: number) => ({
    id: `i${number}`,
    inside: [{ id: `},{"id":"` }, { id: 'x'.repeat(number % 50) }, { id: 'y' }],
    text: `"},{"id":"i${number}" \\`,
  });
  const list = Array.from({ length: 9000 }, (_, number) => element(number));
  for (const indent of [undefined, 1]) {
    const text = JSON.stringify({ list, after: [{ id: 'no' }, { id: 'element' }] }, undefined, indent);
    assert.ok(text.length > 1 << 20);
    const given: unknown[] = [];
    const read = await readLargeJson(Buffer.from(text), { each: { list: one => void given.push(one) } });
    assert.deepEqual(given, list);
    assert.deepEqual(read, { value: { list: [], after: [{ id: 'no' }, { id: 'element' }] } });
  }
});

test('a list may be the document itself', async () => {
  const given: unknown[] = [];
  const read = await readLargeJson(Buffer.from(' [1, {"a":2} ]\n'), { each: { '[]': () => {} } });
  assert.deepEqual(read, { value: [1, { a: 2 }] }, 'lists in a list');
  assert.deepEqual(await readLargeJson(Buffer.from('[1,{"a":2}]'), { each: { '': one => void given.push(one) } }), {
    value: [],
  });
  assert.deepEqual(given, [1, { a: 2 }]);
});

test('what is broken is a fault and is never thrown', async () => {
  const whole = '{"Results":[{"Vulnerabilities":[{"id":"a"},{"id":"b"}]}],"x":1}';
  for (let length = 1; length < whole.length; length += 1)
    assert.deepEqual((await parts(whole.slice(0, length))).read, { fault: 'not_json' }, whole.slice(0, length));
  for (const text of [
    ...['{"Results":[{"Vulnerabilities":[1,]}]}', '{"Results":[{"Vulnerabilities":[1 2]}]}', `${whole}}`, `${whole} 1`],
    ...[
      '{"Results":[,]}',
      '{"Results" 1}',
      '{Results:[]}',
      '{"a":1,}',
      '{"Results":[{"Vulnerabilities":[}]}',
      '}',
      '\\',
    ],
    ...['{"Results":[{"Vulnerabilities":[tru]}]}', '{"a":"\u0001"}', '[1]]', '{"a":01}'],
  ])
    assert.deepEqual((await parts(text)).read, { fault: 'not_json' }, text);
  assert.deepEqual((await parts(' \n')).read, { fault: 'empty' });
  assert.deepEqual((await parts(Buffer.from([0x22, 0xff, 0x22]))).read, { fault: 'not_text' });
});

test('marks, UTF-16, prototype keys and a depth of a million are read as JSON.parse does', async () => {
  const text = '{"Results":[{"Vulnerabilities":[{"id":"ü"}]}],"__proto__":{"isAdmin":true}}';
  for (const bytes of [Buffer.from(`\uFEFF${text}`), Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
    const { given, read } = await parts(bytes);
    assert.deepEqual(given, [[{ id: 'ü' }, [0]]]);
    assert.ok('value' in read && Object.hasOwn(read.value as object, '__proto__'));
    assert.equal((read.value as { readonly isAdmin?: boolean }).isAdmin, undefined);
  }
  const deep = '['.repeat(1e6) + ']'.repeat(1e6);
  const { given } = await parts(`{"Results":[{"Vulnerabilities":[${deep}]}]}`);
  assert.equal(given.length, 1);
});

test('an outline has the first of each list, and what there is of a piece', async () => {
  const value = {
    artifacts: [{ name: 'a', locations: [{ path: '/' }, { path: '/b' }] }, { name: 'b' }],
    schema: { v: 1 },
  };
  const bytes = Buffer.from(JSON.stringify(value));
  assert.deepEqual(await outlineOf(bytes), {
    artifacts: [{ name: 'a', locations: [{ path: '/' }] }],
    schema: { v: 1 },
  });
  assert.deepEqual(await outlineOf(bytes.subarray(0, 50)), { artifacts: [{ name: 'a', locations: [{ path: '/' }] }] });
  assert.equal(await outlineOf(Buffer.from('<bom/>')), undefined);
  assert.deepEqual(await outlineOf(Buffer.from(`{"a":"${'x'.repeat(5000)}","b":1}`)), { a: '', b: 1 });
});
