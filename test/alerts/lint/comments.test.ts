import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintFiles } from '../../../alerts/lint/lint.ts';

const linted = (text: string, disabled: Parameters<typeof lintFiles>[1] = {}) => {
  const { findings, accepted, unused } = lintFiles([{ file: 'a.yml', text }], disabled);
  return {
    findings: findings.map(({ rule, check }) => `${rule} ${check}`),
    accepted: accepted.map(({ rule, check, accepted: reason }) => `${rule} ${check}: ${reason}`),
    unused: unused.map(({ at, check }) => `${at} ${check}`),
  };
};

const clean = { findings: [], accepted: [], unused: [] };

test('comments above a rule and within it accept what they name, of that rule alone', () => {
  const text = `groups:
  - name: g
    rules:
      # said before
      # plumbline lint: disable=window-short the agent pushes every 10s
      # said behind
      - record: a
        expr: rate(x[1m])
      - record: b
        # plumbline lint: disable=window-short,offset-without-effect it is a trial
        expr: rate(x[1m] offset -5m)
      - record: c
        expr: |
          # plumbline lint: disable=window-short within the expression
          rate(x[1m])
      - record: d
        expr: rate(x[1m]) # plumbline lint: disable=window-short at the end
      # plumbline lint: disable=offset-without-effect nothing of the kind is here
      - {record: e, expr: 'rate(x[1m])'}
`;
  assert.deepEqual(linted(text), {
    findings: ['e window-short'],
    accepted: [
      'a window-short: the agent pushes every 10s',
      'b window-short: it is a trial',
      'b offset-without-effect: it is a trial',
      'c window-short: within the expression',
      'd window-short: at the end',
    ],
    unused: ['a.yml:18 offset-without-effect'],
  });
  assert.deepEqual(linted(text, { disabled: ['window-short'] }), {
    findings: [],
    accepted: ['b offset-without-effect: it is a trial'],
    unused: ['a.yml:18 offset-without-effect'],
  });
});

test('a comment anywhere accepts what is found in its whole file', () => {
  const text = `# plumbline lint: file-disable=window-short pushed every 10s
groups: [{name: g, rules: [{record: a, expr: 'rate(x[1m])'}, {record: b, expr: 'rate(y[1m])'}, {record: c, expr: z}]}]
`;
  assert.deepEqual(linted(text), {
    ...clean,
    accepted: ['a window-short: pushed every 10s', 'b window-short: pushed every 10s'],
  });
});

test('a comment that is not understood, or touches no rule, is refused with its line', () => {
  const rule = '      - {record: a, expr: x}\n';
  for (const [rules, reason] of [
    [`      # plumbline lint: disable=window-short\n${rule}`, /line 4: expected disable=CHECK/],
    [`      # plumbline lint: disable=window-shot why\n${rule}`, /line 4: there is no check window-shot/],
    [`      # plumbline lint: disable=duplicate why\n\n${rule}`, /line 4: the comment neither touches a rule/],
    [`${rule}  - name: h # plumbline lint: disable=duplicate why\n`, /line 5: the comment neither touches a rule/],
    [`${rule}      # plumbline lint: disable=duplicate why\n`, /line 5: the comment neither touches a rule/],
  ] as const)
    assert.throws(() => linted(`groups:\n  - name: g\n    rules:\n${rules}`), reason);
});
