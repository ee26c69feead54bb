/** What is chosen on the pages while their queries are tried: every variable with All, one and two values. */
import assert from 'node:assert/strict';
import { promQuery } from '../../tools/promql.ts';

export type Choice = Readonly<Record<string, string>>;

export const common = { cost_basis: 'effective', __range: '90d', __rate_interval: '1m' };
export const all = {
  team: '.*',
  service: '.*',
  environment: '.*',
  exporter: '.*',
  cube: 'RECORD_TYPE',
  window: '30d',
  engine: '.*',
  requirement: '.*',
  severity: '.*',
  survey: 'developers',
  question: 'platform-nps',
  feature: '.*',
  year: '2025',
  industry: 'all',
  area: '.*',
  check: '.*',
};

/** What may be chosen on a page: every variable with All, one and two values in turn, the others at All. */
export async function choices(url: string, page: string, currency: string): Promise<readonly Choice[]> {
  const values = async (label: string, team = '.*') => {
    const which =
      page === 'delivery'
        ? 'dora_deployments{outcome="success"} > 0'
        : `finops_month_to_date_cost{currency="${currency}",team=~"${team}"} > 0`;
    return (await promQuery(url, `count by (${label}) (${which})`)).map(({ labels }) => labels[label] ?? '').sort();
  };
  const some = (base: Choice, label: string, of: readonly string[]): Choice[] => {
    assert.ok(of.length >= 2, `${label} has the values ${of.join(', ')}`);
    return [
      { ...base, [label]: of[0] ?? '' },
      { ...base, [label]: `(${of[0]}|${of[1]})` },
    ];
  };
  const base: Choice = { ...common, ...all, currency };
  const ofLabels = async (metric: string, labels: readonly string[]): Promise<readonly Choice[]> => {
    const chosen: Choice[] = [base];
    for (const label of labels) {
      const found = (await promQuery(url, `count by (${label}) (${metric})`))
        .map(each => each.labels[label] ?? '')
        .sort();
      chosen.push(
        ...some(
          base,
          label,
          found.filter(value => value !== ''),
        ),
      );
    }
    return [...chosen, { ...base, environment: 'production' }];
  };
  if (page === 'policy') return ofLabels('policy_results', ['team', 'service', 'engine', 'requirement']);
  if (page === 'scorecard') return ofLabels('platform_checks{service!="other"}', ['team', 'service', 'check']);
  if (page === 'overview') return [base, { ...base, cost_basis: 'billed' }];
  if (page === 'supply-chain') return ofLabels('supply_chain_findings', ['team', 'service', 'severity']);
  if (page === 'experience') {
    // The demo has one survey and one question about the platform; a team is of those that are told of.
    const chosen = [
      ...(await ofLabels('devex_team_nps', ['team'])),
      ...(await ofLabels('devex_feature_used', ['feature'])),
    ];
    const benchmarks = await promQuery(url, 'count by (year, industry) (devex_quick_check_benchmark_score)');
    assert.ok(benchmarks.length > 3, `${benchmarks.length} benchmarks`);
    return [...chosen, ...benchmarks.map(({ labels: { year = '', industry = '' } }) => ({ ...base, year, industry }))];
  }
  if (page === 'roadmap')
    return [
      ...['30d', '7d', '90d'].map(window => ({ ...base, window })),
      ...(await ofLabels('devex_roadmap_items', ['area'])),
    ];
  if (page === 'plumbline') return [base, { ...base, exporter: 'cost' }, { ...base, exporter: '(cost|dora)' }];
  if (page === 'delivery') {
    // Production has one environment with the demo's configuration; a period is one value.
    const [production = '', ...others] = await values('environment');
    assert.deepEqual(others, []);
    return [
      base,
      ...(await values('window')).map(window => ({ ...base, window })),
      { ...base, environment: production },
      ...some(base, 'team', await values('team')),
      ...some(base, 'service', await values('service')),
    ];
  }
  const environments = await values('environment');
  // The team's page shows one team; this one has services in both currencies.
  const ofTeam: Choice = { ...base, team: 'data' };
  const services = await values('service', page === 'team' ? 'data' : '.*');
  const first = page === 'team' ? ofTeam : base;
  return [
    first,
    { ...first, cost_basis: 'billed' },
    ...(page === 'team' ? [] : some(first, 'team', await values('team'))),
    ...some(first, 'service', services),
    ...some(first, 'environment', environments),
  ];
}
