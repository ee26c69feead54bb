/** Alert policies of OpenSLO as conditions on the burn. */
import type { BurnCondition, Operator } from '../model.ts';
import type { Library, RefuseDocument } from './documents.ts';
import type { PolicySpec, SloSpec } from './schema.ts';
import { secondsOf } from './times.ts';

export interface Policies {
  readonly conditions: readonly BurnCondition[];
  /** Where a policy asks for word of missing data alone: after how many seconds. */
  readonly noDataAfter: number | undefined;
  /** Whom they name, for the annotations: where messages go is the catalog's matter. */
  readonly targets: readonly string[];
}

export function policiesOf({ alertPolicies }: SloSpec, library: Library, refuse: RefuseDocument): Policies {
  const read = alertPolicies.map((given, index) => {
    if ('spec' in given) return policyOf(given.spec, library, refuse);
    const found = library.find('AlertPolicy', given.alertPolicyRef);
    return found
      ? policyOf(found.spec, library, refuse)
      : refuse(`spec.alertPolicies[${index}]: no AlertPolicy of the files is called ${given.alertPolicyRef}`);
  });
  const noData = read.flatMap(({ noDataAfter }) => (noDataAfter === undefined ? [] : [noDataAfter]));
  return {
    conditions: read.flatMap(({ conditions }) => conditions),
    noDataAfter: noData.length === 0 ? undefined : Math.min(...noData),
    targets: [...new Set(read.flatMap(({ targets }) => targets))],
  };
}

/** Word of what is resolved is Alertmanager's own. */
function policyOf(policy: PolicySpec, library: Library, refuse: RefuseDocument): Policies {
  const { name, spec } = conditionOf(policy, library, refuse);
  const { op, threshold, lookbackWindow, alertAfter } = spec.condition;
  const lookback = secondsOf(lookbackWindow);
  const condition: BurnCondition = {
    name,
    severity: severityOf(spec.severity),
    op: above[op],
    burnRate: threshold,
    lookback,
    after: secondsOf(alertAfter),
    whenNoData: policy.alertWhenNoData,
  };
  const breaching = policy.alertWhenBreaching;
  return {
    conditions: breaching ? [condition] : [],
    noDataAfter: !breaching && policy.alertWhenNoData ? lookback : undefined,
    targets: policy.notificationTargets.map(target => targetOf(target, library, refuse)),
  };
}

/**
 * OpenSLO's own condition that "exceeds 2" is written `op: lte`, `threshold: 2`: the burn that is allowed. Nobody is
 * alerted because a budget is not spent, so that both ways of writing it mean a burn above.
 */
const above: Readonly<Record<Operator, Operator>> = { gt: 'gt', gte: 'gte', lte: 'gt', lt: 'gte' };

function conditionOf({ conditions }: PolicySpec, library: Library, refuse: RefuseDocument) {
  const [given] = conditions;
  if (given === undefined) return refuse('an AlertPolicy has no condition');
  if ('spec' in given) return { name: given.metadata?.name ?? 'burn', spec: given.spec };
  const found = library.find('AlertCondition', given.conditionRef);
  return found
    ? { name: given.conditionRef, spec: found.spec }
    : refuse(`no AlertCondition of the files is called ${given.conditionRef}`);
}

function targetOf(given: PolicySpec['notificationTargets'][number], library: Library, refuse: RefuseDocument): string {
  if ('spec' in given) return given.metadata?.name ?? given.spec.target;
  const found = library.find('AlertNotificationTarget', given.targetRef);
  return found ? given.targetRef : refuse(`no AlertNotificationTarget of the files is called ${given.targetRef}`);
}

/** What others call a page, and what is for the weekly digest; all else is a ticket. */
function severityOf(given: string): BurnCondition['severity'] {
  const word = given.toLowerCase();
  if (/^(page|critical|crit|emergency|urgent|(sev|p)-?[01])$/.test(word)) return 'page';
  return /^(digest|info|informational|low|none)$/.test(word) ? 'digest' : 'ticket';
}
