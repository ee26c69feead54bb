/** Annotations for Backstage: what they select, and that they are put into files without changing anything else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { allDashboards } from '../../dashboards/index.ts';
import { selectorOf } from '../../exporters/cli/backstage/annotations.ts';
import { saysTheSame, withAnnotations } from '../../exporters/cli/backstage/edit.ts';
import { workplace } from './command.ts';

/** As the plugin's QueryEvaluator reads a selector: `@>` binds closest, then `&&`, then `||`. */
function selects(selector: string, tags: readonly string[]): boolean {
  const javaScript = selector.replace(/tags @> ('[^']*')/g, 'tags.includes($1)');
  assert.match(javaScript, /^[\w.'()&|\s-]+$/);
  return new Function('tags', `return ${javaScript}`)(tags) as boolean;
}

test('the selectors choose the pages of a team and of a service, and not the program’s own health', () => {
  const pages = allDashboards.map(({ name, build }) => ({ name, tags: build().tags ?? [] }));
  const chosen = (variable: 'team' | 'service') =>
    pages.filter(({ tags }) => selects(selectorOf(variable), tags)).map(({ name }) => name);
  for (const name of ['cost', 'delivery', 'policy', 'supply-chain', 'slo', 'team'])
    assert.ok(chosen('service').includes(name), name);
  assert.ok(chosen('team').includes('roadmap'));
  assert.ok(!chosen('service').includes('roadmap'));
  for (const variable of ['team', 'service'] as const) assert.ok(!chosen(variable).includes('plumbline'));
  assert.equal(selects(selectorOf('team'), ['finops']), false, 'somebody else’s page');
});

const checkout = {
  kind: 'Component',
  namespace: 'default',
  name: 'checkout',
  annotations: { 'grafana/a': "x == 'y'", 'grafana/b': 'z' },
};

const cases: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a block with annotations': [
    `# top\nkind: Component\nmetadata:\n  # name\n  name:   checkout   # odd blanks\n  annotations:\n    other: 'single'   # stays\n\nspec: {owner: a}\n`,
    `# top\nkind: Component\nmetadata:\n  # name\n  name:   checkout   # odd blanks\n  annotations:\n    grafana/a: "x == 'y'"\n    grafana/b: "z"\n    other: 'single'   # stays\n\nspec: {owner: a}\n`,
  ],
  'a block without': [
    'kind: Component\nmetadata:\n    name: checkout\nspec:\n    owner: a\n',
    `kind: Component\nmetadata:\n    annotations:\n      grafana/a: "x == 'y'"\n      grafana/b: "z"\n    name: checkout\nspec:\n    owner: a\n`,
  ],
  'a flow map': [
    'kind: Component\nmetadata: { name: checkout }\n',
    `kind: Component\nmetadata: { annotations: { grafana/a: "x == 'y'", grafana/b: "z" }, name: checkout }\n`,
  ],
  'a flow map within': [
    'kind: Component\nmetadata: {name: checkout, annotations: {o: 1}}\n',
    `kind: Component\nmetadata: {name: checkout, annotations: {grafana/a: "x == 'y'", grafana/b: "z", o: 1}}\n`,
  ],
  'an empty map': [
    'kind: Component\nmetadata:\n  name: checkout\n  annotations: {}\n  tags: [a]\n',
    `kind: Component\nmetadata:\n  name: checkout\n  annotations: { grafana/a: "x == 'y'", grafana/b: "z" }\n  tags: [a]\n`,
  ],
  'a key with nothing behind it': [
    'kind: Component\nmetadata:\n  name: checkout\n  annotations:\n  tags: [a]\n',
    `kind: Component\nmetadata:\n  name: checkout\n  annotations: { grafana/a: "x == 'y'", grafana/b: "z" }\n  tags: [a]\n`,
  ],
  'the second document, with its line ends': [
    'kind: Group\r\nmetadata:\r\n  name: checkout\r\n---\r\nkind: Component\r\nmetadata:\r\n  name: checkout\r\n',
    `kind: Group\r\nmetadata:\r\n  name: checkout\r\n---\r\nkind: Component\r\nmetadata:\r\n  annotations:\r\n    grafana/a: "x == 'y'"\r\n    grafana/b: "z"\r\n  name: checkout\r\n`,
  ],
};

for (const [name, [before, after]] of Object.entries(cases))
  test(`annotations are put into ${name}`, () => {
    const { text, kept } = withAnnotations(before, [checkout]);
    assert.equal(text, after);
    assert.deepEqual(kept, []);
    assert.ok(saysTheSame(before, text, [checkout]));
    assert.equal(withAnnotations(text, [checkout]).text, text, 'and not twice');
  });

test('what somebody has set stays, and an earlier selector of ours is made anew', () => {
  const text = `kind: Component\nmetadata:\n  name: checkout\n  annotations:\n    grafana/a: mine\n    grafana/b: "tags @> 'plumbline' && (old)" # note\n`;
  const wanted = { ...checkout, annotations: { 'grafana/a': 'z', 'grafana/b': "tags @> 'plumbline' && (new)" } };
  const edited = withAnnotations(text, [wanted]);
  assert.equal(edited.text, text.replace('(old)', '(new)'));
  assert.deepEqual(edited.kept, [{ entity: 'checkout', annotation: 'grafana/a', value: 'mine' }]);
});

test('annotations under an anchor are refused, and another namespace’s entity is another', () => {
  const anchored = 'x: &a { k: v }\nkind: Component\nmetadata:\n  name: checkout\n  annotations: *a\n';
  assert.throws(() => withAnnotations(anchored, [checkout]), /under an anchor/);
  const other = 'kind: Component\nmetadata:\n  name: checkout\n  namespace: other\n';
  assert.equal(withAnnotations(other, [checkout]).text, other);
});

test('a change of anything else is found', () => {
  const text = 'kind: Component\nmetadata: { name: checkout }\n';
  assert.equal(saysTheSame(text, 'kind: Component\nmetadata: { name: checkout2 }\n', [checkout]), false);
  assert.equal(saysTheSame(text, `${text}---\nkind: Group\n`, [checkout]), false);
});

test('the command writes a file an entity, and the catalog’s own files', async t => {
  const place = workplace(t);
  place.write(
    'plumbline.yaml',
    'catalog: { files: [catalog/*.yaml] }\nlinks: { grafana: "https://grafana.example/" }\n',
  );
  const before = readFileSync(path.join(place.folder, 'catalog/all.yaml'), 'utf8');
  const out = await place.run('render', 'backstage', '--out', 'out');
  assert.equal(out.code, 0, out.stderr);
  const index = JSON.parse(readFileSync(path.join(place.folder, 'out/annotations.json'), 'utf8')) as Record<
    string,
    object
  >;
  assert.deepEqual(index['component:default/checkout'], {
    'grafana/dashboard-selector': selectorOf('service'),
    'grafana/alert-label-selector': 'service=checkout',
    'grafana/overview-dashboard':
      'https://grafana.example/d/plumbline-team?var-team=payments&var-service=checkout&kiosk',
  });
  assert.match(
    readFileSync(path.join(place.folder, 'out/group-default-payments.yaml'), 'utf8'),
    /alert-label-selector: team=payments/,
  );
  assert.equal(readFileSync(path.join(place.folder, 'catalog/all.yaml'), 'utf8'), before);
  const written = await place.run('render', 'backstage', '--write');
  assert.equal(written.code, 0, written.stderr);
  const after = readFileSync(path.join(place.folder, 'catalog/all.yaml'), 'utf8');
  assert.equal(after.match(/grafana\/dashboard-selector/g)?.length, 2);
  const again = await place.run('render', 'backstage', '--write');
  assert.match(again.stderr, /nothing was to change/);
  assert.equal(readFileSync(path.join(place.folder, 'catalog/all.yaml'), 'utf8'), after);
});

test('a file that can’t be annotated is named and stays, and keeps the others from nothing', async t => {
  const place = workplace(t);
  place.write('plumbline.yaml', 'catalog: { files: [catalog/*.yaml] }\n');
  const entity = (name: string, annotations: string) =>
    `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n  annotations: ${annotations}\nspec: { owner: payments }\n`;
  const anchored = `${entity('one', '&ours { a/b: c }')}---\n${entity('two', '*ours')}`;
  place.write('catalog/a.yaml', anchored);
  place.write('catalog/z.yaml', entity('last', '{}'));
  const { code, stderr } = await place.run('render', 'backstage', '--write');
  assert.equal(code, 2);
  assert.match(
    stderr,
    /could not annotate catalog\/a\.yaml without changing more than that: .*\(BACKSTAGE_UNWRITTEN\)/s,
  );
  const text = (file: string) => readFileSync(path.join(place.folder, 'catalog', file), 'utf8');
  assert.equal(text('a.yaml'), anchored);
  assert.match(text('all.yaml'), /grafana\/dashboard-selector/);
  assert.match(text('z.yaml'), /grafana\/dashboard-selector/);
});
