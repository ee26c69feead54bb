/** What of the cost configuration selects nothing in the ledger, and so would stay 0 without a word. */
import { idleRules } from '../catalog/check.ts';
import { type Ownership, unowned } from '../catalog/ownership.ts';
import { fold } from '../catalog/refs.ts';
import { wildcard } from '../catalog/wildcard.ts';
import type { Notice } from '../core/exporter.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import { utcDay } from '../core/time.ts';
import { sameAccount } from './bills/same-account.ts';
import { sourceNotices } from './check-sources.ts';
import type { Budget, CostConfig, Invoice } from './config.ts';

const selectors = ['team', 'service', 'environment', 'provider', 'currency'] as const;

/** Says nothing of an empty ledger: that there is no bill is told elsewhere. */
export async function checkCost(
  ledger: Ledger,
  config: CostConfig,
  ownership: Ownership,
  now: Date,
): Promise<readonly Notice[]> {
  const { borne, billed, newest, idle, projects } = await ledger.read(async reader => ({
    projects: await reader.all('SELECT DISTINCT repository, project FROM cost_estimates'),
    borne: await reader.all(`SELECT DISTINCT ${selectors.join(', ')} FROM allocations`),
    billed: await reader.all(
      // By the names that invoices have for the accounts, too.
      `WITH billed AS (
         SELECT DISTINCT provider, billing_account, currency, strftime(billing_period, '%Y-%m') AS period
         FROM charges JOIN charge_keys USING (key_id))
       FROM billed
       UNION
       SELECT i.provider, i.billing_account, b.currency, b.period
       FROM billed b JOIN (SELECT DISTINCT provider, billing_account FROM invoices) i ON ${sameAccount('i', 'b')}`,
    ),
    newest: await reader.scalar('SELECT max(charge_day)::VARCHAR FROM charges'),
    idle: await idleRules(reader, ownership, utcDay(now)),
  }));
  if (borne.length === 0 || typeof newest !== 'string') return [];
  const today = utcDay(now);
  return [
    ...ageNotice(newest, now, config.stale_hours),
    ...config.budgets
      .filter(({ to }) => to === undefined || to >= today)
      .flatMap(budget => budgetNotice(budget, borne, ownership)),
    ...config.invoices.flatMap(invoice => invoiceNotice(invoice, billed)),
    ...(await sourceNotices(ledger, config)),
    ...(projects.length === 0 ? [] : config.estimates.flatMap(estimate => estimateNotice(estimate, projects))),
    ...idle.map(rule => ({
      subject: `rule ${rule}`,
      text: 'matches no charge in the ledger',
    })),
  ];
}

function ageNotice(newest: string, now: Date, staleHours: number): Notice[] {
  const hours = (now.getTime() - Date.parse(newest)) / 3_600_000 - 24;
  if (hours <= staleHours) return [];
  const days = Math.floor(hours / 24);
  const text = `the newest charge is of ${newest}, ${days} days ago; what is of this month or of the last 30 days is empty or old`;
  return [{ subject: 'charges', text }];
}

function budgetNotice(budget: Budget, borne: readonly Row[], ownership: Ownership): Notice[] {
  const subject = `budget ${budget.name}`;
  const hasGroups = ownership.document.directory.teams.length > 0;
  if (budget.team !== undefined && budget.team !== unowned && hasGroups && !ownership.teams.includes(budget.team)) {
    const alias = aliasOf(budget.team, ownership);
    const text = `the team ${budget.team} is no Group of the catalog${alias === undefined ? '' : `, but an alias: write ${alias}`}; it stays 0`;
    return [{ subject, text, ...(alias === undefined ? { word: budget.team, known: ownership.teams } : {}) }];
  }
  return nothingOf(
    subject,
    selectors.map(name => [name, budget[name]] as const),
    borne,
  );
}

function estimateNotice({ repository, project }: CostConfig['estimates'][number], projects: readonly Row[]): Notice[] {
  const [ofRepository, ofProject] = [wildcard([repository]), wildcard([project])];
  const matches = projects.some(row => ofRepository(String(row.repository)) && ofProject(String(row.project)));
  return matches ? [] : [{ subject: `estimates of ${repository}`, text: `no estimate has the project ${project}` }];
}

const invoiceNotice = (invoice: Invoice, billed: readonly Row[]): Notice[] =>
  nothingOf(
    `invoice ${invoice.period} of ${invoice.billing_account}`,
    [
      ['provider', invoice.provider],
      ['billing_account', invoice.billing_account],
      ['currency', invoice.currency],
      ['period', invoice.period],
    ],
    billed,
  );

/** The first wanted value that no row has beside the values before it. */
function nothingOf(
  subject: string,
  wanted: readonly (readonly [name: string, value: string | undefined])[],
  rows: readonly Row[],
): Notice[] {
  let left = rows;
  const before: string[] = [];
  for (const [name, word] of wanted) {
    if (word === undefined) continue;
    const matching = left.filter(row => row[name] === word);
    const what = `${name.replaceAll('_', ' ')} ${word}`;
    if (matching.length === 0) {
      const of = before.length === 0 ? '' : ` beside ${before.join(', ')}`;
      const known = [...new Set(left.map(row => String(row[name])))];
      return [{ subject, text: `no charge in the ledger has the ${what}${of}`, word, known }];
    }
    before.push(what);
    left = matching;
  }
  return [];
}

const aliasOf = (word: string, { document }: Ownership): string | undefined =>
  Object.entries(document.config.aliases).find(([, words]) => words.some(other => fold(other) === fold(word)))?.[0];
