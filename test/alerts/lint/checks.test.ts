import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks, lintRules } from '../../../alerts/lint/lint.ts';
import { type CheckName, checkNames } from '../../../alerts/lint/model.ts';
import { alert, file, found, type GivenRule, lint, record } from './given.ts';

/** Of each check: rules that pass, and rules that it alone finds wrong. */
const cases: Readonly<
  Record<
    CheckName,
    { readonly good: readonly (readonly GivenRule[])[]; readonly bad: readonly (readonly GivenRule[])[] }
  >
> = {
  'promql-invalid': {
    good: [[alert('sum(rate(x[5m])) > 1')]],
    bad: [
      [alert('sum(rate(x[5m]) > 1')],
      [alert('sum(x[$__rate_interval]) > 1')],
      [alert('rates(x[5m]) > 1')],
      [alert('rate(sum(x)[5m]) > 1')],
    ],
  },
  'comparison-missing': {
    good: [
      [alert('x > 0')],
      [alert('absent(x)')],
      [alert('x unless y')],
      [alert('x and on (job) y < 3')],
      [alert('count by (job) (up == 0)')],
      [alert('up == 0 or absent(up)')],
      [alert('vector(1)')],
      [alert('ALERTS{alertname="X"}')],
      [alert('bad:up'), record('bad:up', 'up == 0')],
    ],
    bad: [
      [alert('x')],
      [alert('sum(rate(x[5m]))')],
      [alert('x > bool 0')],
      [alert('x > 0 or y')],
      [alert('x and y')],
      [alert('x:rate'), record('x:rate', 'rate(x[5m])')],
    ],
  },
  'window-short': {
    good: [
      [alert('rate(x[2m]) > 1')],
      [alert('max_over_time(x[30s]) > 1')],
      [alert('increase(x[1h]) > 1')],
      [alert('deriv(x[1h:5m]) > 1')],
    ],
    bad: [
      [alert('rate(x[1m]) > 1')],
      [alert('increase(x[90s] offset 1d) > 1')],
      [alert('deriv(x[10m:6m]) > 1')],
      [alert('max_over_time(irate(x[1m])[1h:5m]) > 1')],
    ],
  },
  'division-unguarded': {
    good: [
      [alert('x / 60 > 1')],
      [alert('rate(x_sum{job="a"}[5m]) / rate(x_count{job="a"}[5m]) > 1')],
      [alert('x / (y > 0) > 1')],
      [alert('x / (y < 0) > 1')],
      [alert('x / y > 1 and y != 0')],
      [alert('x / (y != 0) > 1')],
      [alert('x / clamp_min(y, 1) > 1')],
      [alert('x / y > 1 and y > 0')],
      [alert('x / sum by (job) (y) > 1 unless sum by (job) (y) == 0')],
      [alert('x / count by (job) (y) > 1')],
      // NaN doesn't pass, and a part of nothing is nothing
      [alert('sum(rate(x{code="500"}[5m])) / sum(rate(x[5m])) > 0.1')],
      [record('r', 'x / sum_over_time(total[1h])'), record('total', 'y > 0')],
      [alert('1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.9')],
      [record('r', 'sum(node_filesystem_avail_bytes) / sum(node_filesystem_size_bytes{mountpoint="/"})')],
      [record('r', 'slo:current_burn_rate:ratio / on(sloth_id) group_left slo:error_budget:ratio')],
    ],
    bad: [
      [alert('x / y > 1')],
      [alert('x % y > 1')],
      [alert('x / 0 > 1')],
      [alert('x / node_memory_SwapTotal_bytes > 1')],
      [alert('x / rate(disk_total_bytes[5m]) > 1')],
      [alert('x / queue_size_bytes > 1')],
      [alert('x / y > 1 and z > 0')],
      [alert('x / (y >= 0) > 1')],
      [alert('x / sum(y != 0) > 1')],
      [alert('sum(rate(x[5m])) / sum(rate(x{code="500"}[5m])) > 2')],
      [record('r', 'sum(rate(x{code="500"}[5m])) / sum(rate(x[5m]))')],
      [record('r', 'x / sum_over_time(total[1h])'), record('total', 'y >= 0')],
    ],
  },
  'absent-without-for': {
    good: [[alert('absent(up{job="x"})')], [record('gone', 'absent(up{job="x"})')]],
    bad: [[alert('absent(up{job="x"})', { for: '0s' })], [alert('up == 0 or absent_over_time(up[5m])', { for: '0s' })]],
  },
  'series-stale': {
    good: [[record('slow', 'x'), record('quick', 'sum_over_time(slow[1d])')]],
    bad: [],
  },
  'regex-unbounded': {
    good: [
      [alert('x{a=~"b.*"} > 0')],
      [alert('x{a=~"b|c"} > 0')],
      [alert('x{a=~".+"} > 0')],
      [alert('x{a!~"c|.*b"} > 0')],
    ],
    bad: [
      [alert('x{a=~".*b"} > 0')],
      [alert('x{a=~".+b"} > 0')],
      [alert('x{a=~"c|.*b"} > 0')],
      [alert('x{a=~"(c|.*b)"} > 0')],
      [alert('x{a=~"(?i)^.*b$"} > 0')],
    ],
  },
  'matcher-without-effect': {
    good: [
      [alert('x{a!="b"} > 0')],
      [alert('x{a!~"b|c", d="e"} > 0')],
      [alert('{a=~".+"} > 0')],
      [alert('x{a!=""} > 0')],
    ],
    bad: [
      [alert('x{a=~".*"} > 0')],
      [alert('x{a=~"b|.*"} > 0')],
      [alert('x{a=~"(.*)"} > 0')],
      [alert('x{a!~".*"} > 0')],
      [alert('x{a="b", a!="c"} > 0')],
      [alert('x{a="b", a!~"b|c"} > 0')],
      [alert('{a!="b"} > 0')],
    ],
  },
  'offset-without-effect': {
    good: [[alert('x - x offset 1d > 0')]],
    bad: [[alert('x offset 0s > 0')], [alert('x offset -5m > 0')]],
  },
  'value-in-labels': {
    good: [[alert('x > 0', { annotations: { summary: 'It is {{ $value }}' } })]],
    bad: [
      [alert('x > 0', { labels: { severity: '{{ $value }}' } })],
      [alert('x > 0', { labels: { urgency: '{{ if gt $value 9.0 }}high{{ else }}low{{ end }}' } })],
      [alert('x > 0', { labels: { urgency: '{{ .Value | humanize }}' } })],
    ],
  },
  'template-invalid': {
    good: [
      [alert('x > 0', { annotations: { summary: '{{ $labels.a }} {{- if $labels.b }} b {{ else }} c {{ end }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ with query "up" }}{{ . | first | value }}{{ end }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ $n := $value }}{{/* no }} */}}{{ printf "}} %.2f" $n }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ range query "up" }}{{ .Labels.job }}{{ .Value }}{{ end }}' } })],
    ],
    bad: [
      [alert('x > 0', { annotations: { summary: '{{ $labels.a' } })],
      [alert('x > 0', { annotations: { summary: '{{ $label.a }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ $value | humanise }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ if $labels.a }} b' } })],
      [alert('x > 0', { annotations: { summary: '{{ end }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ $value | }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ (or $labels.a "b" }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ $labels.a-b }}' } })],
      [alert('x > 0', { annotations: { summary: '{{ .Label.a }}' } })],
      [alert('x > 0', { annotations: { summary: '{{}}' } })],
    ],
  },
  'template-label-missing': {
    good: [
      [alert('x > 0', { annotations: { summary: '{{ $labels.a }}' } })],
      [alert('sum by (a) (x) > 0', { annotations: { summary: '{{ $labels.a }}' } })],
      [alert('x / on (a) group_left (b) (y > 0) > 1', { annotations: { summary: '{{ $labels.b }}{{ $labels.c }}' } })],
      [alert('absent(x{a="b"})', { annotations: { summary: '{{ $labels.a }}' } })],
      [alert('sum(x) > 0 or y > 0', { annotations: { summary: '{{ $labels.a }}' } })],
      [alert('r > 0', { annotations: { summary: '{{ $labels.a }}' } }), record('r', 'sum(x)', { a: 'b' })],
      [alert('label_replace(sum(x), "a", "b", "", "") > 0', { annotations: { summary: '{{ $labels.a }}' } })],
    ],
    bad: [
      [alert('sum(x) > 0', { annotations: { summary: '{{ $labels.a }}' } })],
      [alert('sum without (a) (x) > 0', { annotations: { summary: '{{ index $labels "a" }}' } })],
      [alert('x * on (b) y > 0', { annotations: { summary: '{{ $labels.a }}' } })],
      [alert('x * ignoring (a) y > 0', { annotations: { summary: '{{ .Labels.a }}' } })],
      [alert('absent(x{a=~"b"})', { annotations: { summary: '{{ $labels.a }}' } })],
      [alert('histogram_quantile(0.9, x) > 0', { annotations: { summary: '{{ $labels.le }}' } })],
      [alert('sum(x) > 0', { annotations: { summary: '{{ $labels.severity }}' } })],
      [alert('r > 0', { annotations: { summary: '{{ $labels.a }}' } }), record('r', 'sum by (b) (x)')],
    ],
  },
  'required-missing': {
    good: [[alert('x > 0')], [record('r', 'x')]],
    bad: [
      [alert('x > 0', { labels: { team: '' } })],
      [alert('x > 0', { labels: { severity: ' ' } })],
      [alert('x > 0', { annotations: { summary: '' } })],
      [alert('x > 0', { annotations: { runbook_url: '' } })],
    ],
  },
  duplicate: {
    good: [
      [alert('x > 0'), alert('y > 0', { labels: { team: 'other' } })],
      [record('r', 'x'), record('r', 'y', { a: 'b' })],
      [record('Broken', 'x', { severity: 'ticket', team: 'shop' }), alert('x > 0')],
    ],
    bad: [
      [alert('x > 0'), alert('y > 0')],
      [record('r', 'x'), record('r', 'y')],
    ],
  },
};

for (const name of checkNames)
  test(`${name}: what is good passes, and what is bad is found by it alone`, () => {
    const { good, bad } = cases[name];
    for (const rules of good) assert.deepEqual(found(...rules), [], rules[0]?.expr);
    for (const rules of bad)
      assert.deepEqual([...new Set(found(...rules))], [name], JSON.stringify([rules[0]?.expr, rules[0]?.annotations]));
  });

test('every check is there once, and each has its remedy', () => {
  assert.deepEqual(checks.map(({ name }) => name).sort(), [...checkNames].sort());
  for (const { remedy } of checks) assert.match(remedy, /\w{3}/);
});

test('what is recorded more rarely than Prometheus looks back is read over a range', () => {
  const slow = file([record('slow', 'x')], '1h');
  const checksOf = (expr: string) => lintRules([slow, file([alert(expr)], '1m', 'b.yml')]).map(({ check }) => check);
  assert.deepEqual(checksOf('slow > 0'), ['series-stale']);
  assert.deepEqual(checksOf('max_over_time(slow[30m]) > 0'), ['series-stale']);
  assert.deepEqual(checksOf('last_over_time(slow[2h]) > 0'), []);
  assert.deepEqual(checksOf('y > 0'), ['series-stale'], 'nothing reads it but dashboards');
  assert.deepEqual(checksOf('rate(slow[90m]) > 0'), ['window-short']);
  assert.deepEqual(checksOf('slow{a="c"} > 0'), ['series-stale'], 'the label may have any value');
  const other = file([record('slow', 'x', { a: 'b' }), record('y', 'last_over_time(slow[2h])')], '1h');
  const read = file([alert('slow{a="c"} > 0 and last_over_time(y[2h])')], '1m', 'b.yml');
  assert.deepEqual(lintRules([other, read]), [], 'another writes that one');
});

test('duplicates are found over several files, and scrapes are as far apart as is said', () => {
  const [a, b] = [file([alert('x > 0')]), file([alert('y > 0')], undefined, 'b.rules.yml')];
  assert.deepEqual(
    lintRules([a, b]).map(({ position, sentence }) => [position.file, sentence]),
    [['b.rules.yml', 'Broken with the same labels is in a.rules.yml, line 6 already']],
  );
  assert.deepEqual(lint([alert('rate(x[1m]) > 0')], undefined, { scrapeInterval: 30 }), []);
});

test('what Prometheus reads as text, and merge keys, are read so', () => {
  const text = `groups:
  - name: on
    rules:
      - alert: Off
        expr: up == 0
        for: 0
        labels: &labels {severity: page, team: yes}
        annotations: &texts {summary: s, runbook_url: u}
      - {alert: Two, expr: up == 1, labels: {<<: *labels, more: 1.5}, annotations: *texts}
`;
  assert.deepEqual(lintRules([{ file: 'a.yml', text }]), []);
});

test('an operator’s PrometheusRule is read, and what has no groups is refused', () => {
  const group = '  - name: g\n    rules:\n      - {record: a, expr: sum(x}\n';
  const resource = `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  groups:\n${group.replaceAll(/^/gm, '  ').trimEnd()}\n---\n`;
  const [first, second] = lintRules([{ file: 'a.yml', text: `${resource}groups:\n${group}` }]);
  assert.deepEqual(
    [first, second].map(each => [each?.check, each?.position.line]),
    [
      ['promql-invalid', 7],
      ['promql-invalid', 12],
    ],
  );
  for (const text of ['rules: []', 'kind: PrometheusRule\nspec: {}', 'kind: ConfigMap'])
    assert.throws(() => lintRules([{ file: 'a.yml', text }]), /it has no groups/);
});

test('a divisor whose values nobody knows is a note; one that is 0 is a fault', () => {
  const levels = (expr: string) => lint([alert(expr)]).map(({ level }) => level);
  assert.deepEqual(levels('x / y > 1'), ['note']);
  assert.deepEqual(levels('x / (1 - 1) > 1'), ['fault']);
  assert.deepEqual(levels('x'), ['fault']);
  const [sloth] = lint([record('r', 'sum(rate(x{code="500"}[5m])) / sum(rate(x[5m]))')]);
  assert.match(sloth?.sentence ?? '', /the division gives NaN; and that is recorded/);
});
