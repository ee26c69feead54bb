import { organisationQuickCheckScore } from '../../exporters/dora/metrics.ts';
import {
  quickCheckBenchmark,
  quickCheckResponses,
  quickCheckScore,
  quickCheckScoreInterval,
} from '../../exporters/experience/metrics.ts';
import { metricWords } from '../delivery/words.ts';
import { row } from '../lib/dashboard.ts';
import { table } from '../lib/panels.ts';
import { latest, maxBy } from '../lib/promql.ts';
import { benchmarkYear, industry } from '../variables.ts';
import { ofSurvey, wholeOrganisation } from './scope.ts';
import { tooFew, whyAbsent } from './words.ts';

const metric = ['metric'] as const;

/** What people say of delivery, beside what was measured, and what others said. */
export const quickCheck = row(
  "DORA's Quick Check: what people say, what is measured, what others said in $year ($industry)",
  table({
    title: 'Quick Check scores, 0 to 10',
    description: `Do people see delivery as the systems measure it, and as others do? What people answered in the newest wave, with its 95 % interval and n; what is measured over the last 90 days, scored alike; and the mean of what the chosen industry answered in the report of the chosen year. 10 is best. A benchmark is to talk about, and no goal. ${whyAbsent} ${wholeOrganisation}`,
    columns: [{ label: 'metric', title: 'Metric', words: metricWords }],
    values: [
      { title: 'People say', query: maxBy(metric, latest(quickCheckScore.organisation, ofSurvey)), unit: 'score' },
      {
        title: 'From',
        query: maxBy(metric, latest(quickCheckScoreInterval.organisation, { ...ofSurvey, bound: 'lower' })),
        unit: 'score',
      },
      {
        title: 'To',
        query: maxBy(metric, latest(quickCheckScoreInterval.organisation, { ...ofSurvey, bound: 'upper' })),
        unit: 'score',
      },
      { title: 'n', query: maxBy(metric, latest(quickCheckResponses.organisation, ofSurvey)) },
      { title: 'Measured', query: maxBy(metric, latest(organisationQuickCheckScore)), unit: 'score' },
      {
        title: 'Benchmark',
        query: maxBy(metric, latest(quickCheckBenchmark, { year: benchmarkYear, industry })),
        unit: 'score',
      },
    ],
    sortedBy: 'Metric',
    whenEmpty: `not asked, or ${tooFew}`,
    width: 24,
    height: 10,
  }),
);
