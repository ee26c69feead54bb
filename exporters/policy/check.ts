/** What `plumbline check` says of scopes that are not looked at as a whole, and of policies that stand for no requirement. */
import type { Notice } from '../core/exporter.ts';
import type { Ledger } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

const mostNamed = 5;

const scopesSql = `
WITH newest AS (
  SELECT engine, scope,
    max({'at': occurred_at, 'learned': learned_at, 'completeness': completeness, 'reason': reason, 'missing': missing}) AS report,
    max({'at': occurred_at, 'fresh_until': occurred_at + to_seconds(stale_seconds)}) FILTER (completeness <> 'failed') AS look
  FROM finding_reports GROUP BY engine, scope
),
judged AS (
  SELECT engine, scope, CASE
    WHEN report.completeness = 'failed' THEN 'failed: ' || report.reason
    WHEN look.fresh_until <= $now::TIMESTAMP THEN 'silent since ' || look.at::DATE
    WHEN report.completeness = 'partial' THEN 'partial: ' || report.reason
    WHEN report.missing > 0 THEN 'cut: ' || report.missing || ' violations are not listed' END AS what
  FROM newest
)
SELECT engine, what, count(*) AS scopes, list(scope ORDER BY scope)[1:${mostNamed}] AS named
FROM judged WHERE what IS NOT NULL GROUP BY ALL ORDER BY ALL`;

// A total of a scope, or an exception of all policies, names none.
const rulesSql = `
SELECT engine, count(*) AS policies, list(policy ORDER BY policy)[1:${mostNamed}] AS named
FROM policy_rules WHERE requirement = 'other' AND policy <> '' GROUP BY engine ORDER BY engine`;

export async function coverageNotices(ledger: Ledger, now: Date): Promise<readonly Notice[]> {
  const [scopes, rules] = await ledger.read(async reader => [
    await reader.all(scopesSql, { now: sqlTime(now) }),
    await reader.all(rulesSql),
  ]);
  return [
    ...scopes.map(row => ({
      subject: `policy, ${row.engine}`,
      text: `${row.what}; ${counted(Number(row.scopes), 'scope')}: ${namedOf(row.named, Number(row.scopes))}`,
    })),
    ...rules.map(row => ({
      subject: `policy, ${row.engine}`,
      text: `${counted(Number(row.policies), 'policy', 'policies')} without a requirement, which policy.requirements can name: ${namedOf(row.named, Number(row.policies))}`,
    })),
  ];
}

const counted = (n: number, one: string, several = `${one}s`) =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : several}`;
const namedOf = (names: unknown, all: number): string => {
  const some = Array.isArray(names) ? names.map(String) : [];
  return `${some.join(', ')}${all > some.length ? ', …' : ''}`;
};
