/** Which alert keeps which others quiet, and the proof that none keeps more quiet than it says. */
import { type Inhibition, matches } from '../lib/routing.ts';
import type { RoutedAlert } from './routed.ts';

const ofSlo = ['team', 'service', 'slo', 'objective'] as const;

/** These say that something hasn't come; while its exporter reads nothing, that says nothing. */
const absences = {
  cost: ['BillingDataStale'],
  dora: ['DeploymentsStopped'],
  policy: ['PolicyEngineSilent', 'ScopesSilent'],
  'supply-chain': ['ScannerSilent', 'ImagesUnscanned', 'SbomMissing', 'SbomStale', 'PlacesSilent'],
  experience: ['SurveyDue', 'FeatureUnused'],
} as const;

/** Every label of `equal` is on both sides: one absent on both would match all. */
export const inhibitions: readonly Inhibition[] = [
  {
    name: 'an exceeded budget is no longer at risk or on the way',
    source: { alertname: 'BudgetExceeded' },
    target: { alertname: ['BudgetAtRisk', 'BudgetForecastExceeded', 'BudgetBurnHigh'] },
    equal: ['team', 'budget', 'cost_basis', 'currency'],
  },
  {
    name: 'an error budget that pages needs no ticket',
    source: { alertname: 'SloBudgetBurnFast' },
    target: { alertname: 'SloBudgetBurnSlow' },
    equal: ofSlo,
  },
  {
    name: 'an exhausted error budget is no longer spent by three quarters',
    source: { alertname: 'SloBudgetExhausted' },
    target: { alertname: 'SloBudgetSpent75' },
    equal: ofSlo,
  },
  {
    name: 'nothing arrives while Plumbline is down',
    source: { alertname: 'PlumblineDown' },
    target: {
      alertname: [
        ...['BillingDataStale', 'PolicyEngineSilent', 'ScannerSilent', 'SourceFailing', 'SourceStale'],
        ...['OtlpPushFailing', 'RemoteWriteStuck'],
      ],
    },
    equal: ['team'],
  },
  {
    name: 'what has not come is no news while Plumbline is down',
    source: { alertname: 'PlumblineDown' },
    target: { alertname: Object.values(absences).flat() },
    equal: [],
  },
  ...Object.entries(absences).map(([exporter, alertname]) => ({
    name: `what has not come is no news while a source of ${exporter} is stale`,
    source: { alertname: 'SourceStale', exporter },
    target: { alertname },
    equal: [],
  })),
];

/** What is wrong with the inhibitions, in sentences. */
export function inhibitionProblems(alerts: readonly RoutedAlert[]): readonly string[] {
  return inhibitions.flatMap(({ name, source, target, equal }) => {
    const names = [source, target].flatMap(({ alertname = [] }) =>
      typeof alertname === 'object' && 'present' in alertname ? [] : [alertname].flat(),
    );
    const without = alerts
      .filter(alert => names.includes(alert.name))
      .flatMap(alert => {
        const labels = new Set([...Object.keys(alert.labels), 'team', 'severity', 'alertname']);
        const needed = [
          ...equal,
          ...(matches({ alertname: source.alertname ?? '' }, { alertname: alert.name }) ? Object.keys(source) : []),
        ];
        return needed.filter(label => !labels.has(label)).map(label => `${alert.name} has no label ${label}`);
      });
    const unknown = names
      .filter(each => !alerts.some(alert => alert.name === each))
      .map(each => `there is no alert ${each}`);
    const pages = alerts
      .filter(alert => alert.severity === 'page' && matches(target, { alertname: alert.name }))
      .map(alert => `it would silence ${alert.name}, a page`);
    return [...without, ...unknown, ...pages].map(problem => `the inhibition "${name}": ${problem}`);
  });
}
