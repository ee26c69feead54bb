/** A platform of several teams, each with a channel of its own: some by the catalog, some by plumbline.yaml. */
import { stringify } from 'yaml';

const group = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({
  ...{ apiVersion: 'backstage.io/v1alpha1', kind: 'Group' },
  metadata: {
    name,
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`plumbline.dev/${key}`, value])),
  },
  spec: { type: 'team', children: [] },
});

const component = (name: string, owner: string) => ({
  ...{ apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name } },
  spec: { type: 'service', lifecycle: 'production', owner },
});

/** A Backstage catalog. */
const catalog = [
  group('payments', { 'webhook-url-file': 'secrets/payments' }),
  group('shop', { 'slack-channel': '#shop' }),
  group('checkout', { 'msteams-webhook-url-file': 'secrets/checkout' }),
  ...['cart', 'search'].map(name => group(name)),
  component('shop', 'shop'),
  component('shop-worker', 'shop'),
  component('checkout', 'checkout'),
]
  .map(each => stringify(each))
  .join('---\n');

/** What plumbline.yaml names, beside it. */
export const files: Readonly<Record<string, string>> = {
  'catalog-info.yaml': catalog,
  'pseudonym.key': 'a key that nobody guesses',
};

const ofRequests = (name: string, code: string) => ({
  ...{ service: 'checkout', name, objective: 99.9 },
  availability: {
    bad: `sum(rate(http_requests_total{job="checkout",code=~"${code}"}[5m]))`,
    total: 'sum(rate(http_requests_total{job="checkout"}[5m]))',
  },
});

/** plumbline.yaml; `channels` is where every channel of theirs is. */
export const configuration = (port: number, channels: string, tokens: readonly object[]): object => ({
  ...{ data_dir: 'data', server: { port, tokens }, catalog: { files: ['catalog-info.yaml'] } },
  alerts: {
    recovery_hours: 2,
    slack_api_url_file: 'secrets/slack',
    receivers: [
      { team: 'cart', pagerduty: { routing_key_file: 'secrets/pager', url: `${channels}/v2/enqueue` } },
      {
        team: 'search',
        jira: {
          ...{ api_url: `${channels}/rest/api/3`, token_file: 'secrets/jira', project: 'SEARCH' },
          resolve_transition: 'Done',
        },
      },
    ],
  },
  ownership: { rules: [{ name: 'team tags', tag: { keys: ['team'], gives: 'team' } }] },
  cost: {
    focus: [{ path: 'bill.csv', every: 3600 }],
    budgets: ['cloud', 'data'].map(name => ({ name, team: 'payments', amount: '5000', currency: 'USD' })),
  },
  dora: {},
  policy: {
    files: [
      {
        ...{
          kind: 'checkov',
          path: 'checkov/*.json',
          repository: 'acme/search',
          team: 'search',
          enforcement: 'enforce',
        },
        ...{ every: 3600, settle: 0, stale: 720 },
      },
    ],
  },
  supply_chain: { files: [{ path: 'documents/*', every: 3600, stale: 720 }] },
  experience: {
    privacy: { pseudonym_key_file: 'pseudonym.key' },
    forms: ['ideas', 'thanks'].map(form => ({ form, counts_as: 'feedback', team: 'search', answered: 'Answered' })),
    csv: ['ideas', 'thanks'].map(name => ({
      ...{ name, survey: name, path: `forms/${name}.csv`, time_zone: 'UTC', settle: 0, every: 3600 },
      columns: { submitted: 'When' },
    })),
  },
  slos: { objectives: [ofRequests('errors', '5..'), ofRequests('refusals', '429')] },
});
