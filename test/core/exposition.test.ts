import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { Counter, Gauge, Registry } from 'prom-client';
import {
  contentTypeOf,
  labelText,
  negotiate,
  page,
  sqlMacros,
  toOpenMetrics,
} from '../../exporters/core/exposition.ts';
import { formatLabels, parseLabels } from '../../exporters/core/labels.ts';
import { openLedger } from '../../exporters/core/ledger.ts';
import { defineMetric, type Metric } from '../../exporters/core/metric.ts';
import type { RenderedFamily } from '../../exporters/core/snapshot-types.ts';
import { requireTool } from '../tools/tools.ts';
import { parsePage } from './parse-page.ts';
import { seededRandom } from './random.ts';

const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

describe('negotiation', () => {
  const cases: readonly (readonly [accept: string | undefined, contentType: string])[] = [
    [undefined, 'text/plain; version=0.0.4; charset=utf-8'],
    ['', 'text/plain; version=0.0.4; charset=utf-8'],
    ['*/*', 'text/plain; version=0.0.4; charset=utf-8'],
    ['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'text/plain; version=0.0.4; charset=utf-8'],
    [prometheus3, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['application/openmetrics-text', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['application/openmetrics-text;version=0.0.1', 'application/openmetrics-text; version=0.0.1; charset=utf-8'],
    [
      'application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'application/openmetrics-text; version=0.0.1; charset=utf-8',
    ],
    ['application/openmetrics-text;q=0.2, text/plain;q=0.9', 'text/plain; version=0.0.4; charset=utf-8'],
    ['text/plain;version=0.0.4, application/openmetrics-text', 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/openmetrics-text, text/plain', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['*/*, application/openmetrics-text', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['text/plain;q=0, */*', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['application/openmetrics-text; version=2.0.0', 'text/plain; version=0.0.4; charset=utf-8'],
    ['APPLICATION/OpenMetrics-Text; Version="1.0.0"', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['image/png', 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/openmetrics-text;q=rubbish', 'text/plain; version=0.0.4; charset=utf-8'],
  ];
  for (const [accept, contentType] of cases)
    test(`Accept ${accept === undefined ? 'absent' : JSON.stringify(accept)} gets ${contentType}`, () => {
      assert.equal(contentTypeOf(negotiate(accept), accept), contentType);
    });
});

const gauge = defineMetric({
  name: 'demo_age_seconds',
  kind: 'state',
  help: 'How old "it" is \\ was,\nin seconds.',
  unit: 'seconds',
  labels: ['team', 'service'],
  additive: false,
  maxSeries: 10,
  reads: [],
  sql: '',
});
const counter = defineMetric({
  ...{ name: 'demo_events_total', kind: 'count', help: 'Events.', unit: 'count', labels: ['team'] },
  ...{ additive: true, maxSeries: 10, reads: [], sql: '' },
});

function rendered(metric: Metric, text: string, more: Partial<RenderedFamily> = {}): RenderedFamily {
  const type = metric.kind === 'count' ? 'counter' : 'gauge';
  const series = text.split('\n').length - 1;
  return {
    metric,
    name: metric.name,
    type,
    help: metric.help,
    series,
    stamped: false,
    text: Buffer.from(text),
    ...more,
  };
}

describe('pages', () => {
  const families = [
    rendered(gauge, 'demo_age_seconds{team="a"} 1.5\n'),
    rendered(counter, 'demo_events_total{team="a"} 2\n'),
    rendered({ ...gauge, name: 'demo_stamped', unit: 'count', help: 'Stamped.' }, 'demo_stamped 1 1000\n', {
      stamped: true,
      openMetrics: Buffer.from('demo_stamped 1 1\n'),
    }),
    rendered({ ...gauge, name: 'demo_empty' }, ''),
  ];

  test('text 0.0.4 has headers by sample name, escaped help, milliseconds', () => {
    assert.equal(
      Buffer.concat(page(families, 'text')).toString(),
      [
        '# HELP demo_age_seconds How old "it" is \\\\ was,\\nin seconds.',
        '# TYPE demo_age_seconds gauge',
        'demo_age_seconds{team="a"} 1.5',
        '# HELP demo_events_total Events.',
        '# TYPE demo_events_total counter',
        'demo_events_total{team="a"} 2',
        '# HELP demo_stamped Stamped.',
        '# TYPE demo_stamped gauge',
        'demo_stamped 1 1000',
        '',
      ].join('\n'),
    );
  });

  test('OpenMetrics names counters by their base, adds units that end the name, seconds and the end mark', () => {
    assert.equal(
      Buffer.concat(page(families, 'openmetrics')).toString(),
      [
        '# HELP demo_age_seconds How old \\"it\\" is \\\\ was,\\nin seconds.',
        '# TYPE demo_age_seconds gauge',
        '# UNIT demo_age_seconds seconds',
        'demo_age_seconds{team="a"} 1.5',
        '# HELP demo_events Events.',
        '# TYPE demo_events counter',
        'demo_events_total{team="a"} 2',
        '# HELP demo_stamped Stamped.',
        '# TYPE demo_stamped gauge',
        'demo_stamped 1 1',
        '# EOF',
        '',
      ].join('\n'),
    );
  });

  test("families' buffers are sent as they are, not copied", () => {
    const parts = page(families, 'text');
    assert.ok(families.slice(0, 3).every(family => parts.includes(family.text)));
  });

  test("prom-client's page is appended, the same after an OpenMetrics scrape as before", async () => {
    const registry = new Registry();
    new Counter({ name: 'own_total', help: 'Says "hi" \\ twice.', labelNames: ['a'], registers: [registry] }).inc(
      { a: 'x' },
      2,
    );
    new Gauge({ name: 'own_gauge', help: 'G.', registers: [registry] }).set(Number.NaN);
    const before = await registry.metrics();
    assert.equal(
      Buffer.concat(page([], 'openmetrics', before)).toString(),
      [
        '# HELP own Says \\"hi\\" \\\\ twice.',
        '# TYPE own counter',
        'own_total{a="x"} 2',
        '# HELP own_gauge G.',
        '# TYPE own_gauge gauge',
        'own_gauge NaN',
        '# EOF',
        '',
      ].join('\n'),
    );
    assert.equal(await registry.metrics(), before);
    assert.equal(toOpenMetrics(''), '');
  });
});

const hostile = [
  '',
  ',',
  '"',
  '\\',
  '\n',
  '}',
  '{',
  '=',
  'a="b",c="d"',
  '\\n',
  '\\\\"',
  '\r',
  '\t',
  'münchen',
  '日本',
  '🎈',
  "'",
  ' ',
  '#',
  '$1',
  '\u2028',
];

function hostileValue(random: () => number): string {
  const length = Math.floor(random() * 6);
  return Array.from({ length }, () => hostile[Math.floor(random() * hostile.length)] ?? '').join('');
}

describe('rendering in SQL', () => {
  test('hostile label values and odd numbers come back as they were', async t => {
    const promtool = await requireTool(t, 'promtool');
    const random = seededRandom(20_261_101);
    const odd = [
      0,
      -0.5,
      1,
      9062,
      1e15,
      1e300,
      5e-324,
      0.1 + 0.2,
      123456789.25,
      Number.NaN,
      Infinity,
      -Infinity,
      2 ** 53,
    ];
    const rows = Array.from({ length: 400 }, (_, index) => ({
      // The service keeps the label sets distinct.
      labels: [
        ['team', hostileValue(random)],
        ['service', `${index}${hostileValue(random)}`],
      ] as const,
      value: index < odd.length ? (odd[index] ?? 0) : (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20),
    }));
    const ledger = await openLedger({ path: ':memory:' });
    t.after(() => ledger.close());
    const text = await ledger.read(async reader => {
      await reader.run(sqlMacros);
      await reader.run('CREATE OR REPLACE TEMP TABLE input (team VARCHAR, service VARCHAR, value DOUBLE)');
      await reader.append(
        'input',
        rows.map(row => [row.labels[0][1], row.labels[1][1], row.value]),
      );
      const lines = await reader.blobs(
        `SELECT encode('demo_age_seconds' || ${labelText(gauge.labels)} || ' ' || sample_value(value) || chr(10)) FROM input`,
      );
      return Buffer.concat(lines).toString();
    });
    const expected = rows.map(({ labels, value }) => ({
      name: 'demo_age_seconds',
      labels: Object.fromEntries(labels.filter(([, label]) => label !== '')),
      value,
    }));
    const bySeries = (a: { labels: object }, b: { labels: object }) =>
      JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1;
    for (const format of ['text', 'openmetrics'] as const) {
      const whole = Buffer.concat(page([rendered(gauge, text)], format)).toString();
      assert.deepEqual(parsePage(whole).samples.sort(bySeries), expected.sort(bySeries));
    }
    if (!promtool) return;
    const checked = spawnSync(promtool.path, ['check', 'metrics'], {
      input: Buffer.concat(page([rendered({ ...gauge, help: 'Plain.' }, text)], 'text')),
      encoding: 'utf8',
    });
    assert.equal(checked.stderr + checked.stdout, '');
    assert.equal(checked.status, 0);
  });

  test('a NULL label is no label, no label no braces, and one more pair comes last', async t => {
    const ledger = await openLedger({ path: ':memory:' });
    t.after(() => ledger.close());
    const render = (labels: readonly string[], last?: string) =>
      ledger.read(async reader => {
        await reader.run(sqlMacros);
        return reader.scalar(
          `SELECT ${labelText(labels, last)} FROM (SELECT NULL AS team, '' AS service, 'p' AS stage, 'a"b' AS quoted)`,
        );
      });
    assert.equal(await render([]), '');
    assert.equal(await render(['team', 'service']), '');
    assert.equal(await render(['team', 'stage']), '{stage="p"}');
    assert.equal(await render(['stage'], `'le="0.5"'`), '{stage="p",le="0.5"}');
    assert.equal(await render([], `'le="+Inf"'`), '{le="+Inf"}');
    assert.equal(await render(['team', 'quoted']), '{quoted="a\\"b"}');
  });
});

describe('label text', () => {
  test('is read back as it was written', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 500; round += 1) {
      const labels = ['team', 'service', 'a_1'].map(name => [name, hostileValue(random)] as const);
      assert.deepEqual(
        parseLabels(formatLabels(labels)),
        labels.filter(([, value]) => value !== ''),
      );
    }
  });

  test('that is broken is refused', () => {
    for (const text of ['{', '{a}', '{a="b}', '{a="b"c="d"}', '{="b"}', 'a="b"', '{a="\\"}'])
      assert.throws(() => parseLabels(text), RangeError, text);
  });
});
