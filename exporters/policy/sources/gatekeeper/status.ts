/** What the constraints of a cluster tell together: reports of the audits in their status, and their modes. */
import { createHash } from 'node:crypto';
import { ownerText } from '../../../catalog/keys.ts';
import { placeAttributes } from '../../../findings/place.ts';
import type { PolicyList, Report } from '../../../findings/report.ts';
import { severityOf } from '../../severity.ts';
import type { Constraint, Template } from './constraint.ts';
import { distinct, engine, resultOf, type World } from './violation.ts';

export const digestOf = (what: unknown): string =>
  createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);

const titled = (constraint: Constraint, templates: readonly Template[]): string | undefined =>
  constraint.title ?? templates.find(({ kind }) => kind === constraint.kind)?.title;

/**
 * One report for all constraints that the same audit left its result in: each is a part of the cluster. A list that is cut
 * says by its total how much is missing.
 */
export function statusReports(
  constraints: readonly Constraint[],
  templates: readonly Template[],
  world: World,
): readonly Report[] {
  const audited = constraints.filter(({ auditedAt }) => auditedAt !== undefined);
  const audits = Map.groupBy(audited, ({ auditedAt, reason = '' }) => `${auditedAt} ${reason}`);
  return [...audits.values()].map(own => {
    const [{ auditedAt = '', reason } = own[0]!] = own;
    const read = own.map(constraint => {
      const title = titled(constraint, templates);
      const { policy, violations, rejected } = constraint;
      const results = distinct(
        violations.map(each => resultOf(world, title === undefined ? each : { ...each, title })),
      );
      const missing = Math.max(0, (constraint.total ?? 0) - violations.length - rejected);
      return { policy, results, total: { policy, part: policy, violations: results.length + missing + rejected } };
    });
    const results = read.flatMap(each => each.results);
    const totals = read.map(({ total }) => total);
    return {
      ...{ engine, scope: world.scope, owner: ownerText(placeAttributes(world.place)), evaluatedAt: auditedAt },
      completeness: reason === undefined ? 'complete' : 'partial',
      ...(reason === undefined ? {} : { reason }),
      ...{ parts: read.map(({ policy }) => policy).sort(), totals, results },
      digest: digestOf([auditedAt, reason, totals, results]),
    };
  });
}

export const policyList = (
  constraints: readonly Constraint[],
  templates: readonly Template[],
  { scope, readAt }: { readonly scope: string; readonly readAt: string },
): PolicyList => ({
  ...{ engine, scope, readAt },
  policies: constraints.map(constraint => {
    const title = titled(constraint, templates);
    const { policy, enforcement, severity } = constraint;
    return {
      ...{ policy, ...(title === undefined ? {} : { title }), enforcement },
      ...(severity === undefined ? {} : { severity: severityOf(severity) }),
    };
  }),
});
