/** The sections of a review: each a heading, and what the facts say. `team` undefined is all teams together. */
import type { Row } from '../../core/ledger.ts';
import { percent, table } from '../../formats/markdown.ts';
import { money, shareOf, signed, unitsOf } from './markdown.ts';
import { amount, grouped, inScope, type Scope, text, total } from './scope.ts';

const mostRows = 10;
const cent = 10n ** 8n;
const reasons = ['usage', 'price', 'new', 'gone', 'unmetered', 'shared'] as const;

const size = (value: bigint) => (value < 0n ? -value : value);
const bySize = (a: bigint, b: bigint) => (size(a) > size(b) ? -1 : size(a) < size(b) ? 1 : 0);

export function spend(scope: Scope): string {
  const { month, before } = scope.facts;
  const rows = inScope(scope.facts.spend, scope);
  if (rows.length === 0) return `## Spend\n\nNo cost in ${before} or ${month}.`;
  const line = (name: string, currency: string, of: readonly Row[]) => {
    const cost = total(of, 'cost');
    const costBefore = total(of, 'cost_before');
    const change = cost - costBefore;
    return [
      name,
      money(costBefore, currency),
      money(cost, currency),
      signed(change, currency),
      shareOf(change, costBefore),
    ];
  };
  const by = scope.team === undefined ? 'team' : 'service';
  const tables = grouped(rows, 'currency')
    .toSorted((a, b) => bySize(total(a.rows, 'cost'), total(b.rows, 'cost')))
    .map(({ key: [currency = ''], rows: ofCurrency }) => {
      const parts = grouped(ofCurrency, by)
        .filter(part => total(part.rows, 'cost') !== 0n || total(part.rows, 'cost_before') !== 0n)
        .toSorted((a, b) => bySize(total(a.rows, 'cost'), total(b.rows, 'cost')));
      const rest = parts.slice(mostRows).flatMap(part => part.rows);
      return table(
        [by === 'team' ? 'Team' : 'Service', before, month, 'Change', ''],
        [
          ...parts.slice(0, mostRows).map(part => line(part.key[0] ?? '', currency, part.rows)),
          ...(rest.length > 0 ? [line(`${parts.length - mostRows} others`, currency, rest)] : []),
          line('**Total**', currency, ofCurrency),
        ],
      );
    });
  return `## Spend\n\n${tables.join('\n\n')}`;
}

export function explanation(scope: Scope): string {
  const heading = '## What explains the change';
  const rows = inScope(scope.facts.changes, scope);
  if (rows.length === 0) return `${heading}\n\nNothing changed.`;
  const currencies = grouped(rows, 'currency').toSorted((a, b) => (String(a.key) < String(b.key) ? -1 : 1));
  const parts = currencies.map(({ key: [currency = ''], rows: ofCurrency }) => [
    currency,
    ...reasons.map(reason =>
      signed(
        total(
          ofCurrency.filter(row => row.reason === reason),
          'value',
        ),
        currency,
      ),
    ),
    signed(total(ofCurrency, 'value'), currency),
  ]);
  // Amounts of two currencies have no order among them.
  const movers = grouped(inScope(scope.facts.movers, scope), 'currency').map(({ key: [currency = ''], rows: moved }) =>
    table(
      ['Largest movers', 'Provider service, SKU', 'Why', 'Change'],
      moved.slice(0, mostRows).map(row => {
        const owner = scope.team === undefined ? `${text(row, 'team')}: ` : '';
        const name = [text(row, 'service_name'), text(row, 'sku')].filter(Boolean).join(', ');
        return [`${owner}${text(row, 'service')}`, name, why(row, currency), signed(amount(row, 'value'), currency)];
      }),
      3,
    ),
  );
  return [
    heading,
    table(['', 'Usage', 'Price', 'New', 'Gone', 'Unmetered', 'Shared', 'Change'], parts),
    'Usage: more or less of it at the old price. Price: another effective price of a unit, commitments and discounts included. New, gone: what only one of the two months has. Unmetered: without a quantity. Shared: what splits give.',
    ...movers,
  ].join('\n\n');
}

function why(row: Row, currency: string): string {
  if (row.is_new) return 'new';
  if (row.is_gone) return 'gone';
  if (row.usage === null) return 'unmetered';
  const usage = amount(row, 'usage');
  const price = amount(row, 'value') - usage;
  // Bills round: what is less than a cent of two parts explains nothing.
  const isTold = (part: bigint, other: bigint) => size(part) >= cent || size(other) < cent;
  return [
    ...(isTold(usage, price) ? [`usage ${signed(usage, currency)}`] : []),
    ...(isTold(price, usage) ? [`price ${signed(price, currency)}`] : []),
  ].join(', ');
}

export function forecast(scope: Scope): string {
  const heading = '## Accuracy of the forecast';
  const { forecasts, spend: spent, month } = scope.facts;
  if (forecasts === undefined) return `${heading}\n\nNot available: no forecast is computed.`;
  if (scope.team === undefined) return `${heading}\n\nForecasts are of teams: see each team's review.`;
  const rows = inScope(forecasts, scope).filter(row => row.cost_basis === 'effective');
  if (rows.length === 0) return `${heading}\n\nNot available: too few days were known in ${month} to forecast it.`;
  const lines = grouped(rows, 'currency', 'forecast_day')
    .toSorted((a, b) => (a.key[0] === b.key[0] ? Number(a.key[1]) - Number(b.key[1]) : 0))
    .map(({ key: [currency = '', day = ''], rows: bounds }) => {
      const of = (bound: string) => unitsOfNumber(bounds.find(row => row.bound === bound)?.value);
      const actual = total(
        inScope(spent, scope).filter(row => row.currency === currency),
        'cost',
      );
      const mean = of('mean');
      const hasInterval = bounds.some(row => row.bound === 'lower');
      const inside = of('lower') <= actual && actual <= of('upper');
      return [
        `${month}-${day.padStart(2, '0')}`,
        !hasInterval ? '' : inside ? 'yes' : 'no',
        money(mean, currency),
        hasInterval ? `${money(of('lower'), currency)} to ${money(of('upper'), currency)}` : 'none: no usage expected',
        money(actual, currency),
        shareOf(mean - actual, actual),
      ];
    });
  return `${heading}\n\n${table(['Made on', 'Inside the interval', 'Forecast', '80 % interval', 'Actual', 'Error'], lines, 2)}`;
}

/** A forecast is computed in doubles or decimals; it is shown to the cent. */
const unitsOfNumber = (value: unknown): bigint =>
  unitsOf(typeof value === 'number' ? value.toFixed(10) : String(value ?? '0'));

export function untagged(scope: Scope): string {
  const heading = '## Untagged';
  const groups = grouped(inScope(scope.facts.untagged, scope), 'currency');
  if (groups.length === 0) return `${heading}\n\nNo cost that could carry a tag.`;
  const lines = groups.map(({ key: [currency = ''], rows }) => {
    const [taggable, without] = [total(rows, 'taggable'), total(rows, 'untagged')];
    // Where credits exceed the cost there is no share to tell.
    const share = taggable > 0n ? ` (${percent(Number(without) / Number(taggable))})` : '';
    return `- ${money(without, currency)} of ${money(taggable, currency)} that could carry a tag${share} carries none that a rule reads.`;
  });
  return `${heading}\n\n${lines.join('\n')}`;
}

export function idle(scope: Scope): string {
  const { before, month } = scope.facts;
  const rows = inScope(scope.facts.idle, scope);
  const lines = grouped(rows, 'service_name', 'service', 'currency')
    .toSorted((a, b) => bySize(total(a.rows, 'cost'), total(b.rows, 'cost')))
    .slice(0, mostRows)
    .map(({ key: [name = '', service = '', currency = ''], rows: of }) => [
      name,
      service,
      money(total(of, 'cost_before'), currency),
      money(total(of, 'cost'), currency),
    ]);
  return [
    '## Idle',
    lines.length === 0
      ? 'No commitment was left unused.'
      : table(['Unused commitment', 'Service', before, month], lines, 2),
    ...idleOfClusters(scope),
  ].join('\n\n');
}

/** What is idle in a cluster is nobody's; what a team requests and doesn't use is its own. Nothing where it has none. */
function idleOfClusters(scope: Scope): string[] {
  const { before, month } = scope.facts;
  const ofAll = scope.team === undefined;
  const lines = grouped(inScope(scope.facts.clusters, scope), 'cluster', 'currency').flatMap(
    ({ key: [cluster = '', currency = ''], rows }) => {
      const [requested, used] = [total(rows, 'requested'), total(rows, 'used')];
      const [was, is] = [total(rows, 'idle_before'), total(rows, 'idle')];
      if ([requested, was, is].every(value => value === 0n)) return [];
      return [
        [
          cluster,
          ...(ofAll ? [money(was, currency), money(is, currency)] : []),
          money(requested, currency),
          money(requested - used, currency),
          requested > 0n ? percent(Number(requested - used) / Number(requested)) : '',
        ],
      ];
    },
  );
  if (lines.length === 0) return [];
  const head = ['Cluster', ...(ofAll ? [`Idle ${before}`, `Idle ${month}`] : []), 'Requested', 'Not used', ''];
  return [
    table(head, lines),
    `Clusters as OpenCost or Kubecost compute them: ${ofAll ? 'idle is what nobody requests; ' : ''}CPU and memory that are requested in ${month}, and what of it is not used. It is part of the cost above, and no more money.`,
  ];
}

export function restated(scope: Scope): string {
  const heading = '## Restated';
  const rows = inScope(scope.facts.restated, scope);
  const { month } = scope.facts;
  if (rows.length === 0) return `${heading}\n\nNo day of ${month} moved after it was first seen.`;
  const lines = grouped(rows, 'currency').map(({ key: [currency = ''], rows: of }) => {
    const last = of.map(row => text(row, 'last_at')).toSorted();
    return `- Days of ${month} moved by ${signed(total(of, 'up'), currency)} and ${money(total(of, 'down'), currency)} after they were first seen, last on ${(last.at(-1) ?? '').slice(0, 10)}.`;
  });
  return `${heading}\n\n${lines.join('\n')}`;
}

export function estimates(scope: Scope): string {
  const heading = '## Estimates against actuals';
  const rows = inScope(scope.facts.estimates, scope);
  if (rows.length === 0) return `${heading}\n\nNo pull request with an estimate was merged in ${scope.facts.month}.`;
  const lines = rows.map(row => {
    const currency = text(row, 'currency');
    const known = row.estimate !== null && row.estimate !== undefined;
    const attributed = row.state === 'attributed';
    return [
      `${text(row, 'repository')} #${text(row, 'pull_request')}`,
      text(row, 'service'),
      text(row, 'merged_at').slice(0, 10),
      text(row, 'state'),
      known ? signed(amount(row, 'estimate'), currency) : 'unknown',
      attributed ? signed(unitsOfNumber(row.actual), currency) : '',
    ];
  });
  return [
    heading,
    table(['Pull request', 'Service', 'Merged', 'State', 'Estimated a month', 'Actual a month'], lines, 4),
    "Actual: the service's Usage of days 3 to 17 after the merge against the 14 complete days before, a month of 730 hours. Unattributable: others of the service were merged within 17 days, or estimate or bill are not known.",
  ].join('\n\n');
}

/** How final the month is. */
export function basis({ facts }: Scope): string {
  const states = grouped(facts.finality, 'provider').map(({ key: [provider = ''], rows }) => {
    const days = rows.map(row => `${text(row, 'days')} ${text(row, 'finality')}`);
    return `${provider} ${days.join(', ')}`;
  });
  const known = `${facts.now.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const days = states.length === 0 ? '' : ` Days of the month: ${states.join('; ')}.`;
  return `As known on ${known}. Effective cost of UTC days, in the billing currency; what is shown is rounded, sums are not.${days}`;
}
