/** SLOs and servers for tests. */
import { settingsOf } from '../../../alerts/index.ts';
import { decimal } from '../../../alerts/slo/decimal.ts';
import type { Alerting, Indicator, Server, Slo } from '../../../alerts/slo/model.ts';

export const day = 86_400;

export const server: Server = { scrapeInterval: 30, retention: 400 * day, buckets: new Map() };
export const settings = settingsOf();
export const options = { server, settings };

export const alerting: Alerting = {
  conditions: [],
  leastBadEvents: decimal(0),
  noTrafficAfter: 3600,
  budget: true,
  pages: true,
};

export const events = (
  bad = 'sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))',
  total = 'sum(rate(http_requests_total[{{.window}}]))',
  numerator: 'bad' | 'good' = 'bad',
): Indicator => ({
  kind: 'events',
  numerator,
  events: { promql: bad, of: 'counter' },
  total: { promql: total, of: 'counter' },
});

export function sloOf({
  indicator = events(),
  target = '0.999',
  ...given
}: Partial<Slo> & { indicator?: Indicator; target?: string } = {}): Slo {
  return {
    name: 'availability',
    service: 'checkout',
    team: 'shop',
    objective: '99.9',
    displayName: '',
    description: '',
    window: { kind: 'rolling', seconds: 30 * day },
    budgeting: { kind: 'occurrences' },
    parts: [{ name: '', indicator, target: decimal(target), weight: decimal(1) }],
    alerting,
    labels: {},
    annotations: {},
    origin: 'slos/checkout.yaml, document 1',
    ...given,
  };
}
