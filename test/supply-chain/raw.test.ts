import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentKinds } from '../../exporters/supply-chain/kinds.ts';
import { documentOf, kindOf, readAs, wholeBytes } from '../../exporters/supply-chain/raw.ts';
import { type DocumentKind, faulty } from '../../exporters/supply-chain/reading.ts';

const context = { at: new Date(0), now: new Date('2026-11-26T00:00:00Z'), place: {}, file: 'document' };
/** Larger than what is made into values at once, and what tells its kind at its very end. */
const large = Buffer.from(
  JSON.stringify({
    artifacts: Array.from({ length: 20_000 }, (_, number) => ({
      name: `p${number}`,
      version: '1',
      x: 'y'.repeat(500),
    })),
    descriptor: { name: 'syft' },
  }),
);

test('a large document is recognised by its end, too, and read with its value by kinds that need it', async () => {
  assert.ok(large.length > wholeBytes);
  const document = await documentOf(large);
  assert.equal(document.json, undefined);
  const kind = await kindOf(document, documentKinds);
  assert.equal(kind?.kind, 'syft');
  assert.equal((await readAs(kind!, document, context)).heard.sboms?.[0]?.components.length, 20_000);
  const seen: unknown[] = [];
  const plain: DocumentKind = {
    ...{ kind: 'plain', accepts: () => true, recognises: () => true },
    read: ({ json }) => {
      seen.push((json as { readonly artifacts: readonly unknown[] }).artifacts.length);
      return faulty('no');
    },
  };
  await readAs(plain, document, context);
  assert.deepEqual(seen, [20_000]);
});

test('a large document that is cut off is broken, whatever it looks like', async () => {
  const document = await documentOf(large.subarray(0, -1000));
  assert.equal((await readAs(documentKinds.find(({ kind }) => kind === 'syft')!, document, context)).fault, 'not_json');
});

test('while it is read, others run', async () => {
  const [kind, document] = [documentKinds.find(one => one.kind === 'syft')!, await documentOf(large)];
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 1);
  await readAs(kind, document, context);
  clearInterval(timer);
  assert.ok(ticks > 1, `${ticks} ticks`);
});

test('no kind throws for what is in a document, nor takes what is of nobody', async () => {
  const hostile = [
    ...[
      '',
      ' ',
      'null',
      '0',
      '"x"',
      '[]',
      '{}',
      '[[[[',
      '{"a":',
      '<a>',
      '<?xml version="1.0"?><a/>',
      '\u0000\u0000',
      'a: b',
    ],
    ...[
      '{"artifacts":[]}',
      '{"artifacts":{}}',
      '{"@graph":[]}',
      '{"statements":[]}',
      '{"packages":[null]}',
      '{"sbom":null}',
    ],
    ...[
      '{"bomFormat":null}',
      '{"spdxVersion":[]}',
      '{"document":{"csaf_version":{}}}',
      '{"manifests":[],"job":{},"detector":{},"ref":1}',
    ],
    ...[
      '{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":7,"components":[[]],"vulnerabilities":[{"id":"a","affects":[{"ref":{}}],"ratings":[null,{"score":"NaN"}],"analysis":[]}]}',
    ],
    ...[
      '{"spdxVersion":"SPDX-2.3","creationInfo":[],"packages":[{"name":[],"externalRefs":[1,{"referenceLocator":{}}]}],"relationships":[1,{}]}',
    ],
    ...[
      '{"@context":["https://spdx.org/rdf/3.0.0/x"],"@graph":[1,{"type":[]},{"type":"software_Package"},{"type":"SpdxDocument","rootElement":"x"}]}',
    ],
    ...[
      '{"artifacts":[1,{},{"name":{}},{"name":"a","licenses":[{}],"cpes":[[]],"purl":7}],"source":{"type":"image","target":[]},"descriptor":{"name":[]}}',
    ],
    ...[
      '{"document":{"csaf_version":"2.0"},"product_tree":{"branches":[[[]],{"branches":{}}]},"vulnerabilities":[{"cve":"a","product_status":{"fixed":[{}]}}]}',
    ],
    ...['\uFEFF{"bomFormat":"CycloneDX","specVersion":"1.4"}'],
  ];
  for (const text of hostile)
    for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`, 'utf16le')])
      for (const whole of [undefined, 0])
        for (const kind of documentKinds) {
          const document = await documentOf(bytes, whole);
          await kindOf(document, [kind]);
          const read = await readAs(kind, document, context);
          assert.ok(read.fault === undefined || /^[a-z_0-9]+$/.test(read.fault), `${kind.kind}: ${text}`);
        }
  const kinds: Readonly<Record<string, string | undefined>> = {
    // What Trivy wrote of old where it found nothing, and others do.
    null: undefined,
    '[{"Target":"x"}]': undefined,
    '{"matches":[],"descriptor":{"name":"grype"}}': 'grype',
    ...{ '[]': undefined, '{}': undefined, '<a/>': undefined, 'a: b': undefined },
    '{"runs":[]}': undefined,
  };
  for (const [text, kind] of Object.entries(kinds))
    assert.equal((await kindOf(await documentOf(Buffer.from(text)), documentKinds))?.kind, kind, text);
});
