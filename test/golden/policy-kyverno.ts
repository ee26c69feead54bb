/**
 * What PolicyReports tell: of a file as kubectl prints it, and of a made-up cluster that is listed, then watched for two
 * hours in which a violation is mended, a report vanishes and a request is refused.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { kyvernoSchema } from '../../exporters/policy/sources/kyverno/config.ts';
import { kyvernoSource } from '../../exporters/policy/sources/kyverno/index.ts';
import { policyReportKind } from '../../exporters/policy/sources/policyreport/index.ts';
import { blocked, exceptions, namespace, policies, report, reports, served } from '../policy/sources/kyverno-world.ts';
import { policyRun } from '../policy/sources/runs.ts';
import { startCluster } from '../vendors/kubernetes/api-server.ts';

const fixture = path.join(import.meta.dirname, '../fixtures/policy/policyreport/kubectl.yaml');

export async function goldenPolicyReportTold(): Promise<string> {
  const at = new Date('2026-11-20T10:00:00Z');
  const place = { cluster: 'prod', environment: 'production' };
  const reading = await policyReportKind.read(readFileSync(fixture), { at, now: at, place, file: 'kubectl.yaml' });
  return `${JSON.stringify(reading, null, 2)}\n`;
}

export async function goldenKyvernoLedger(): Promise<string> {
  const endings: (() => Promise<void> | void)[] = [];
  const ending = { after: (end: () => Promise<void>) => void endings.push(end) };
  try {
    const cluster = await startCluster(ending, { served });
    const all = [namespace('shop', { team: 'checkout' }), namespace('lab'), ...policies, ...exceptions, ...reports];
    for (const object of all) cluster.apply(object);
    const config = kyvernoSchema.parse({ cluster: 'prod', server: cluster.url, watch_seconds: 1 });
    const run = await policyRun(ending, () => kyvernoSource(config), '2026-11-20T10:00:00Z');
    const refresh = async (minutes: number) => {
      run.clock.now = new Date(run.clock.now.getTime() + minutes * 60_000);
      const { error } = await run.refresh();
      if (error !== undefined) throw new Error(error);
    };
    await refresh(0);
    cluster.apply(
      report('u-cart', 'Deployment shop/cart', 'limits/autogen-memory pass', 'images/autogen-latest pass legacy'),
    );
    cluster.apply(report('u-cart-pod', 'Pod shop/cart-84c9dcb5f-2bkqd', 'limits/memory pass', 'images/registry pass'));
    cluster.remove(reports[2]!);
    cluster.apply(blocked('e1', 'images', 'shop/web-6d4cf56db6-x7zqp'));
    await refresh(1);
    await refresh(90);
    const dump = async (title: string, sql: string) =>
      `# ${title}\n${(await run.rows(sql)).map(row => `${Object.values(row).join(' | ')}\n`).join('')}`;
    return [
      await dump(
        'findings: state by state',
        `SELECT f.policy, f.resource, strftime(s.occurred_at, '%H:%M') AS at, s.state, s.reason, s.severity, s.enforcement,
           s.part, s.episode
         FROM finding_states AS s JOIN findings AS f USING (finding) ORDER BY f.policy, f.resource, s.occurred_at`,
      ),
      await dump(
        'looks',
        `SELECT strftime(occurred_at, '%H:%M') AS at, engine, scope, completeness, reason, parts, listed
         FROM finding_reports ORDER BY ALL`,
      ),
      await dump(
        'exceptions',
        `SELECT exception, policy, resource, approved_by, reason, expires_at, is_applied, strftime(occurred_at, '%H:%M') AS at
         FROM finding_exceptions ORDER BY ALL`,
      ),
      await dump('policies', 'SELECT policy, title, enforcement, severity FROM finding_policies ORDER BY ALL'),
      await dump('refused', 'SELECT id, policy, resource, enforcement, message FROM finding_blocks ORDER BY ALL'),
    ].join('\n');
  } finally {
    for (const end of endings.toReversed()) await end();
  }
}
