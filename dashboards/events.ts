/** What happened, as marks on pages. */
import { lastDeployment, oldestUnrecoveredFailure } from '../exporters/dora/metrics.ts';
import { type Annotation, marks } from './lib/annotations.ts';
import { markColours } from './lib/colours.ts';
import { type LabelValue, latest, maxBy } from './lib/promql.ts';

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
