/** What the ledger adds to a report: words of constraints that logs leave out, and findings that an audit could not look at. */
import type { Reader } from '../../../core/ledger.ts';
import type { Report, Result, Severity } from '../../../findings/report.ts';
import { kubernetesResource } from '../../../vendors/kubernetes/workload.ts';
import { engine } from './violation.ts';

/** Severities and titles by what is known of the cluster's constraints: labels, and titles of templates. */
export async function filledIn(reader: Reader, reports: readonly Report[]): Promise<readonly Report[]> {
  const scopes = [...new Set(reports.map(({ scope }) => scope))];
  if (scopes.length === 0) return reports;
  const rows = await reader.all(
    `SELECT scope, policy, title, severity FROM finding_policies
     WHERE engine = $engine AND list_contains(from_json($scopes::JSON, '["VARCHAR"]'), scope)
     QUALIFY row_number() OVER (PARTITION BY scope, policy ORDER BY occurred_at DESC, learned_at DESC) = 1`,
    { engine, scopes: JSON.stringify(scopes) },
  );
  if (rows.length === 0) return reports;
  const known = new Map(rows.map(row => [`${row.scope} ${row.policy}`, row]));
  return reports.map(report => ({
    ...report,
    results: report.results.map((result): Result => {
      const { title = '', severity = 'unknown' } = known.get(`${report.scope} ${result.policy}`) ?? {};
      return {
        ...result,
        ...(result.title === undefined && title !== '' ? { title: String(title) } : {}),
        ...(result.severity === 'unknown' ? { severity: severity as Severity } : {}),
      };
    }),
  }));
}

/** Findings of resources that could not be listed are told as not evaluated: nothing is known of them. */
export async function withUnlisted(reader: Reader, report: Report, kinds: readonly string[]): Promise<Report> {
  if (kinds.length === 0) return report;
  const shown = kinds.map(kind => kubernetesResource({ cluster: '', kind, name: '' }).split('/')[2] ?? '');
  const rows = await reader.all(
    `SELECT f.policy, f.resource, l.severity, l.enforcement, any_value(o.attributes)::VARCHAR AS owner
     FROM finding_listings AS l
     JOIN findings AS f USING (finding)
     LEFT JOIN owner_keys AS o USING (owner_key)
     WHERE l.engine = $engine AND l.scope = $scope
       AND list_contains(from_json($kinds::JSON, '["VARCHAR"]'), split_part(f.resource, '/', -2))
     GROUP BY ALL`,
    { engine, scope: report.scope, kinds: JSON.stringify(shown) },
  );
  const listed = new Set(report.results.map(({ policy, resource }) => `${policy}\n${resource}`));
  const unlisted = rows
    .filter(({ policy, resource }) => !listed.has(`${policy}\n${resource}`))
    .map(
      ({ policy, resource, severity, enforcement, owner }): Result => ({
        ...{ policy: String(policy), resource: String(resource), part: String(policy), outcome: 'error' },
        ...{ severity: severity as Severity, enforcement: enforcement as Result['enforcement'] },
        ...{ owner: String(owner ?? '{}'), message: 'objects of its kind could not be listed' },
      }),
    );
  return { ...report, results: [...report.results, ...unlisted] };
}
