/** Which source is the bill of which account and periods, for `plumbline check`. */
import type { Notice } from '../core/exporter.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import { sameAccount } from './bills/same-account.ts';
import type { CostConfig } from './config.ts';

/** Beyond it the accounts of a source and provider are counted. */
const mostAccounts = 10;

/** Says nothing where a single source of money is known, for then it is the bill of all. */
export async function sourceNotices(
  ledger: Ledger,
  config: Pick<CostConfig, 'reconcile_budgets' | 'budget_teams'>,
): Promise<Notice[]> {
  const { bills, seconds, sources, budgets } = await ledger.read(async reader => ({
    bills: await reader.all(`SELECT source, ${spans} FROM authorities GROUP BY ALL ORDER BY ALL`),
    seconds: await reader.all(
      `SELECT *, EXISTS (FROM authorities a WHERE ${sameAccount('a', 'told')}) AS is_billed
       FROM (SELECT source, ${spans} FROM second_charges GROUP BY ALL HAVING sum(billed) <> 0 OR sum(effective) <> 0) AS told
       ORDER BY ALL`,
    ),
    sources: await reader.all('SELECT source FROM cost_sources UNION SELECT source FROM authorities'),
    budgets: await reader.all('SELECT DISTINCT source, budget FROM vendor_budgets'),
  }));
  const told = [
    ...(sources.length < 2
      ? []
      : [...lines(bills, 'is the bill of'), ...lines(seconds, 'is only held against the bill of')]),
  ];
  const unbilled = seconds.filter(row => row.is_billed !== true);
  return [
    ...told,
    ...unbilled.map(row => ({
      subject: `source ${row.source}`,
      text: `there is no bill of ${row.provider} account ${row.billing_account} to hold it against`,
      word: String(row.billing_account),
      known: bills
        .filter(({ provider }) => provider === row.provider)
        .map(({ billing_account }) => String(billing_account)),
    })),
    ...config.reconcile_budgets
      .filter(({ source, budget }) => !budgets.some(row => row.source === source && row.budget === budget))
      .map(({ source, budget }) => ({
        subject: `budget ${budget}`,
        text: `the source ${source} has told of no such budget; it is not held against the bill`,
        word: budget,
        known: budgets.filter(row => row.source === source).map(row => String(row.budget)),
      })),
    ...config.budget_teams
      .filter(({ source, budget }) => !budgets.some(row => row.source === source && row.budget === budget))
      .map(({ source, budget, team }) => ({
        subject: `budget ${budget}`,
        text: `the source ${source} has told of no such budget; ${team} does not see it`,
        word: budget,
        known: budgets.filter(row => row.source === source).map(row => String(row.budget)),
      })),
  ];
}

const spans = `provider, billing_account, strftime(min(billing_period), '%Y-%m') AS first,
  strftime(max(billing_period), '%Y-%m') AS last, count(DISTINCT billing_period)::INTEGER AS periods`;

function lines(rows: readonly Row[], verb: string): Notice[] {
  const groups = Map.groupBy(rows, ({ source, provider }) => JSON.stringify([source, provider]));
  return [...groups.values()].flatMap(group => {
    const subject = `source ${group[0]?.source}`;
    if (group.length <= mostAccounts)
      return group.map(row => ({
        subject,
        text: `${verb} ${row.provider} account ${row.billing_account}, ${span(row)}`,
      }));
    const first = group.map(row => String(row.first)).sort()[0];
    const last = group
      .map(row => String(row.last))
      .sort()
      .at(-1);
    return [{ subject, text: `${verb} ${group.length} ${group[0]?.provider} accounts, ${first} to ${last}` }];
  });
}

const span = ({ first, last, periods }: Row) =>
  first === last ? String(first) : `${first} to ${last} (${periods} billing periods)`;
