/** What happened, as marks on pages. */
import { budgetAmount, lastRestatement } from '../exporters/cost/metrics.ts';
import { incidentStart, lastDeployment, oldestUnrecoveredFailure } from '../exporters/dora/metrics.ts';
import { type Annotation, marks, marksWhile } from './lib/annotations.ts';
import { markColours } from './lib/colours.ts';
import { compare, earlier, type LabelValue, latest, maxBy } from './lib/promql.ts';

interface Of {
  readonly team?: LabelValue;
  readonly service?: LabelValue;
}

const by = ['team', 'service', 'environment'] as const;

/**
 * Deployments to production, and failed ones that nothing has remedied. What is told live has each deployment that was
 * the last one at some scrape; the past has the last one of each day.
 */
export const deploymentMarks = (
  of: Of,
  { shown }: { readonly shown: 'all' | 'failures' | 'none' },
): readonly Annotation[] => [
  marks({
    name: 'Deployments',
    at: maxBy(by, latest(lastDeployment, of)),
    says: '{{service}} deployed to {{environment}}',
    colour: markColours.usual,
    shown: shown === 'all',
  }),
  marks({
    name: 'Failed deployments, not remedied',
    at: maxBy(by, latest(oldestUnrecoveredFailure, of)),
    says: '{{service}}: a failed deployment in {{environment}}',
    colour: markColours.bad,
    shown: shown !== 'none',
  }),
];

/** When incidents began: the newest of each team. */
export const incidentMarks = (of: { readonly team?: LabelValue }, { shown }: { readonly shown: boolean }): Annotation =>
  marks({
    name: 'Incidents',
    at: maxBy(['team', 'incident'], latest(incidentStart, of)),
    says: '{{team}}: incident {{incident}} began',
    colour: markColours.warning,
    shown,
    step: '1h',
  });

/** When a bill changed days that were already told of. */
export const restatementMarks = ({ shown }: { readonly shown: boolean }): Annotation =>
  marks({
    name: 'Restatements',
    at: maxBy(['provider'], latest(lastRestatement)),
    says: '{{provider}} restated days that were known',
    colour: markColours.money,
    shown,
    step: '1h',
  });

const budget = ['budget', 'team', 'cost_basis', 'currency'] as const;

/** When a budget got another amount. */
export const budgetMarks = (
  of: { readonly team?: LabelValue; readonly currency: LabelValue },
  { shown }: { readonly shown: boolean },
): Annotation =>
  marksWhile({
    name: 'Budget changes',
    found: compare(maxBy(budget, latest(budgetAmount, of)), '!=', maxBy(budget, earlier(budgetAmount, '1h', of))),
    says: '{{team}}: the budget {{budget}} has another amount',
    colour: markColours.budget,
    shown,
    // as often as it is compared with
    step: '1h',
  });
