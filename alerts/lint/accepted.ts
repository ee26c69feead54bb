/** What the linter finds in Plumbline's own rules and is meant, each with its reason. */
import type { CheckName, Finding } from './model.ts';

export interface Accepted {
  readonly group: string;
  readonly rule: string;
  readonly check: CheckName;
  readonly reason: string;
}

const vendorBudget = 'a vendor’s budget of 0 is exceeded by any cost, so that Inf is meant; 0 of 0 is NaN and quiet';

export const accepted: readonly Accepted[] = [
  {
    group: 'plumbline-cost-forecast',
    rule: 'BudgetForecastExceeded',
    check: 'division-unguarded',
    reason: 'the configuration takes no budget that is not above 0',
  },
  {
    group: 'plumbline-cost-vendors',
    rule: 'VendorBudgetExceeded',
    check: 'division-unguarded',
    reason: vendorBudget,
  },
  {
    group: 'plumbline-cost-vendors',
    rule: 'VendorBudgetForecastExceeded',
    check: 'division-unguarded',
    reason: vendorBudget,
  },
  {
    group: 'plumbline-cost',
    rule: 'LargeRestatement',
    check: 'division-unguarded',
    reason: 'whatever is restated of a month that had cost nothing is more than 5% of it, so that Inf is meant',
  },
  {
    group: 'plumbline-delivery',
    rule: 'DeploymentsStopped',
    check: 'division-unguarded',
    reason: 'where deployments came at one instant Inf passes, and the two weeks that are asked for beside it decide',
  },
];

/** Findings but those that are meant; `unused` are reasons for what is no longer found. */
export function withoutAccepted(findings: readonly Finding[]): {
  readonly findings: readonly Finding[];
  readonly unused: readonly Accepted[];
} {
  const covers = (one: Accepted, { check, rule, position }: Finding) =>
    one.check === check && one.rule === rule && one.group === position.group;
  return {
    findings: findings.filter(finding => !accepted.some(one => covers(one, finding))),
    unused: accepted.filter(one => !findings.some(finding => covers(one, finding))),
  };
}
