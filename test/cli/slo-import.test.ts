import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { workplace } from './command.ts';

const sloth = `version: prometheus/v1
service: shop
labels: { team: payments }
slos:
- name: answers
  objective: 99.9
  sli: { events: { error_query: 'sum(rate(bad[{{.window}}]))', total_query: 'sum(rate(all[{{.window}}]))' } }
  alerting: { name: TooManyErrors }
`;
const plugin = `version: prometheus/v1
service: other
slos:
- { name: answers, objective: 99, sli: { plugin: { id: their_plugin } } }
`;
const pyrra = `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: { name: probes, namespace: edge }
spec: { target: "99", window: 4w, indicator: { bool_gauge: { metric: probe_success } } }
`;

test('slo import writes the key of plumbline.yaml, and says what it could not carry', async t => {
  const place = workplace(t);
  place.write('sloth.yml', sloth);
  place.write('pyrra.yaml', pyrra);
  const { code, stdout, stderr } = await place.run('slo', 'import', 'sloth.yml', 'pyrra.yaml');
  assert.equal(code, 0, stderr);
  const { slos } = parse(stdout) as { slos: { objectives: { service: string; name: string; team: string }[] } };
  assert.deepEqual(
    slos.objectives.map(({ service, name, team }) => [service, name, team]),
    [
      ['shop', 'answers', 'payments'],
      ['edge', 'probes', 'platform'],
    ],
  );
  assert.match(stderr, /^lost: alerting\.name: "TooManyErrors": .* \(sloth\.yml, answers\)$/m);
  assert.match(stderr, /^changed: labels\.team: .*platform \(--team\) \(pyrra\.yaml\)$/m);
  assert.match(stderr, /^2 SLOs written in the short form; 0 refusals$/m);
});

test('what is refused is told by its id, the others are written, and the code is 1', async t => {
  const place = workplace(t);
  place.write('all.yml', `${sloth}---\n${plugin}`);
  const { code, stdout, stderr } = await place.run('slo', 'import', 'all.yml', '--out', 'made/slos.yaml');
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^refused: all\.yml, document 2, answers: .*SLI plugin "their_plugin"/m);
  assert.match(readFileSync(path.join(place.folder, 'made/slos.yaml'), 'utf8'), /service: shop/);
});

test('a format that is not asked for is refused, a file that is not there is wrong usage', async t => {
  const place = workplace(t);
  place.write('sloth.yml', sloth);
  const other = await place.run('slo', 'import', 'sloth.yml', '--format', 'pyrra');
  assert.equal(other.code, 1);
  assert.match(other.stderr, /refused: sloth\.yml: it is "prometheus\/v1", and --format asks for pyrra/);
  assert.match(other.stderr, /no SLO written/);
  const missing = await place.run('slo', 'import', 'none.yml');
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /could not read the specification none\.yml: ENOENT/);
  assert.equal((await place.run('slo', 'import', 'sloth.yml', '--period', 'long')).code, 2);
});
