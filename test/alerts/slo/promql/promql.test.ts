import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleSeries, sameLabels, takes } from '../../../../alerts/slo/promql/matching.ts';
import { PromqlError, parsePromql } from '../../../../alerts/slo/promql/parse.ts';
import { filled, withCounters } from '../../../../alerts/slo/promql/rewrite.ts';
import { selectorsOf } from '../../../../alerts/slo/promql/selectors.ts';

const faults: readonly (readonly [string, number, number, RegExp])[] = [
  ['sum(rate(x[5m])', 1, 16, /ends too early/],
  ['sum(\n  rate(x[5m]) +\n)', 3, 1, /did not expect "\)"/],
  ['rat(x[5m])', 1, 4, /no function rat/],
  ['sum(rate(x))', 1, 5, /rate needs a range/],
  ['  ', 1, 1, /empty/],
  ['x{a="b" c="d"}', 1, 9, /did not expect/],
];
for (const [source, line, column, words] of faults)
  test(`${JSON.stringify(source)} is refused at line ${line}, character ${column}`, () => {
    assert.throws(
      () => parsePromql(source),
      (error: unknown) => {
        assert.ok(error instanceof PromqlError);
        assert.deepEqual([error.line, error.column], [line, column]);
        assert.match(error.sentence, words);
        return true;
      },
    );
  });

test('selectors have their metric, matchers, range, offset and @', () => {
  const parsed = parsePromql(
    'sum(rate(a{x="1",y=~"b\\\\.c",z!=""}[{{.window}}] offset 1h)) / {"b.c"} @ end() + {__name__="d"} + rate(e[90s])',
  );
  const [a, b, d, e] = selectorsOf(parsed);
  assert.equal(a?.metric, 'a');
  assert.deepEqual(
    a?.matchers.map(({ label, op, value }) => label + op + value),
    ['x=1', 'y=~b\\.c', 'z!='],
  );
  assert.deepEqual(
    [a?.range, a?.offset, b?.metric, b?.at, d?.metric, e?.range],
    ['window', 3600, 'b.c', 'end()', 'd', 90],
  );
});

test('ranges that follow the window are filled in, others and what is within quotes stay', () => {
  const of = (source: string) => filled(parsePromql(source), 1800);
  assert.equal(of('avg_over_time(x[{{ .window }}])'), 'avg_over_time(x[30m])');
  assert.equal(of('rate(x[$__rate_interval]) + rate(y[5m])'), 'rate(x[30m]) + rate(y[5m])');
  assert.equal(of('x{a="b  # c"} # a remark\n+ 1'), 'x{a="b  # c"} + 1');
});

test('each counter is replaced, and what is around them stays', () => {
  const of = (source: string) =>
    withCounters(parsePromql(source), 300, ({ text, offset }) => `E(${text}${offset > 0 ? ` ${offset}` : ''})`);
  assert.equal(
    of('sum by (a) (rate(x{b="c"}[{{.window}}])) / on (a) sum without (z) (increase(y[1h] offset 1m))'),
    'sum by (a) (E(x{b="c"})) / on (a) sum without (z) (E(y 60))',
  );
  assert.equal(of('sum(x) - sum(y offset 1m)'), 'sum(E(x)) - sum(E(y 60))');
  assert.equal(of('x - y offset 1m'), 'E(x) - E(y 60)');
  // beside a rate, what has none is no counter
  assert.equal(
    of('sum(rate(x[5m]) and on (job) (up == 1)) or vector(0)'),
    'sum(E(x) and on (job) (up == 1)) or vector(0)',
  );
  assert.equal(of('histogram_count(sum(rate(h[{{.window}}])))'), 'histogram_count(sum(increase(h[5m])))');
  assert.throws(() => of('rate(sum(x)[5m:1m])'), /subquery/);
  assert.throws(() => of('x @ end()'), /fixed time/);
  assert.throws(() => of('1 + 2'), /no counter/);
});

const examples = [
  'x{code=~"5..",job="a"}',
  'x{code!~"5.."}',
  'x{code!~"5..|429",code=~"[245].."}',
  'x{path=~"/api/(v1|v2)/.+",path!~"/api/v1/.*"}',
  'x{a=~".*",b!="",c=~"(?i)GET|post"}',
  'x{le="0.3",d=~"\\\\d{3}-[a-c]+"}',
  'x{code=~"200|201",code!="200"}',
];
for (const source of examples)
  test(`an example of ${source} is one that it takes`, () => {
    const [selector] = selectorsOf(parsePromql(source));
    assert.ok(selector);
    const labels = exampleSeries(selector);
    assert.ok(labels, 'none found');
    assert.ok(takes(selector, labels), JSON.stringify(labels));
  });

test('two selectors tell series apart', () => {
  const [bad] = selectorsOf(parsePromql('x{code=~"5.."}'));
  const [good] = selectorsOf(parsePromql('x{code!~"5.."}'));
  assert.ok(bad && good);
  assert.ok(takes(bad, { __name__: 'x', code: '503' }) && !takes(good, { __name__: 'x', code: '503' }));
  assert.ok(takes(good, { __name__: 'x' }) && !takes(bad, { __name__: 'y', code: '503' }));
  assert.ok(!takes(bad, { code: '5033' }));
  assert.deepEqual(
    exampleSeries({
      metric: 'x',
      matchers: [
        { label: 'a', op: '=', value: '1' },
        { label: 'a', op: '=', value: '2' },
      ],
    }),
    undefined,
  );
  assert.ok(sameLabels({ a: '1', b: '' }, { a: '1' }) && !sameLabels({ a: '1' }, { a: '1', b: '2' }));
});
