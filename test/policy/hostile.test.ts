/** One bad record never breaks a page, and no ledger makes more series than its families may have. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { page } from '../../exporters/core/exposition.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import type { Told } from '../../exporters/findings/report.ts';
import { storeTold } from '../../exporters/findings/store.ts';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';
import { day, owner, report, result, teams } from './books.ts';

async function pageOf(
  told: Told,
  policy: unknown = {},
): Promise<{ readonly text: string; readonly problems: readonly string[] }> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-policy-'));
  const now = () => new Date(day(40));
  try {
    const exporter = policyExporter(policySchema.parse(policy), teams, { now });
    const runtime = await openRuntime(exporter, { dataDir, log: pino({ level: 'silent' }), now });
    try {
      await runtime.ledger.write(async tx => {
        await storeTold(tx, 'test', told, { now: now(), staleSeconds: 30 * 86_400 });
        await exporter.derive?.(tx, { now, log: pino({ level: 'silent' }) });
      });
      const { families } = await runtime.takeSnapshot();
      return { text: Buffer.concat(page(families, 'text')).toString(), problems: runtime.problems() };
    } finally {
      await runtime.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

test('texts of all kinds and times of all times are told', async () => {
  const names = [
    'a"b',
    'a\\b',
    'a\nb',
    'a{b="c"}',
    '',
    ' ',
    '*',
    '%',
    'é漢\u{1f4a5}',
    'x'.repeat(10_000),
    `'; DROP TABLE findings; --`,
  ];
  const exceptions = [...names.keys()].map(index => ({
    ...{ exception: `e${index}`, policy: names[index]!, resource: names[index]!, owner: owner('acme/shop') },
    ...{
      createdAt: '0001-01-01T00:00:00Z',
      expiresAt: index % 2 === 0 ? '9999-12-30T00:00:00Z' : '0001-01-01T00:00:00Z',
    },
  }));
  const { text, problems } = await pageOf({
    reports: [
      report(
        day(39),
        names.flatMap(name => [
          result('fail p r', { policy: name, resource: name, firstSeenAt: '0001-01-01T00:00:00Z' }),
          result('fail p r', {
            policy: name,
            resource: `${name}2`,
            owner: JSON.stringify({ team: name, service: name }),
          }),
        ]),
        { totals: names.map(policy => ({ policy, violations: 2 ** 40 })) },
      ),
      report('2999-01-01T00:00:00Z', ['fail p future'], { scope: 'cluster:"future"\n' }),
      report('0001-01-01T00:00:00Z', ['fail p past'], { scope: 'cluster:past' }),
    ],
    exceptions: [{ engine: 'kyverno', scope: 'cluster:eu', readAt: day(39), exceptions }],
    policies: [
      {
        engine: 'kyverno',
        scope: 'cluster:eu',
        readAt: day(39),
        policies: names.map(policy => ({ policy, enforcement: 'warn' as const })),
      },
    ],
    blocks: names.map((policy, index) => ({
      ...{
        id: String(index),
        engine: 'kyverno',
        scope: 'cluster:eu',
        policy,
        resource: 'r',
        owner: '{}',
        enforcement: 'enforce' as const,
      },
      at: index % 2 === 0 ? '0001-01-01T00:00:00Z' : '2999-01-01T00:00:00Z',
    })),
  });
  assert.deepEqual(problems, []);
  assert.match(text, /^policy_rule_violations\{[^\n]*policy="a\\"b"/m);
  assert.match(text, /^policy_rule_violations\{[^\n]*policy="a\\nb"/m);
});

test('thousands of policies, services and scopes stay within what the families may have', async () => {
  const many = Array.from({ length: 2_500 }, (_, index) => index);
  const { text, problems } = await pageOf(
    {
      reports: many.map(index =>
        report(
          day(39),
          [
            result(`fail p${index} r${index}`, { owner: JSON.stringify({ team: 'sales', service: `s${index}` }) }),
            result(`pass p${index} q${index}`, { owner: JSON.stringify({ team: 'sales', service: `s${index}` }) }),
          ],
          { scope: `repository:acme/${index}`, totals: [{ policy: `p${index}`, violations: 3 }] },
        ),
      ),
    },
    { top_policies: 100, top_services: 300, top_scopes: 200 },
  );
  assert.deepEqual(problems, []);
  const count = (family: string) => text.split('\n').filter(line => line.startsWith(`${family}{`)).length;
  assert.equal(count('policy_violations'), 301);
  assert.equal(count('policy_results'), 602);
  for (const family of ['policy_rule_violations', 'policy_rules', 'policy_rule_scopes', 'policy_unlisted_violations'])
    assert.equal(count(family), 101, family);
  assert.equal(count('policy_scope_last_report_timestamp_seconds'), 200);
  const sum = (family: string) =>
    text
      .split('\n')
      .filter(line => line.startsWith(`${family}{`))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  assert.equal(sum('policy_violations'), 2_500);
  assert.equal(sum('policy_rule_violations'), 2_500);
  assert.ok(text.split('\n').length < 6_000, 'the whole page');
});
