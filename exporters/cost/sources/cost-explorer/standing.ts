/** Which months the source has, and in which shape. */
import { createHash } from 'node:crypto';
import type { Ledger } from '../../../core/ledger.ts';
import type { SourceContext } from '../../../core/source.ts';
import type { OwnershipReads } from '../../bills/normalise.ts';
import { type ReadsOf, readsIn } from '../../bills/reads.ts';
import { sameAccount } from '../../bills/same-account.ts';
import { PlumblineError } from '../../errors.ts';
import type { CostExplorerConfig } from './config.ts';
import { type State, stateOf } from './plan.ts';

/** Rises when the same answers give other records than before; months are then read again. */
const recordsVersion = 1;

/** Where the source goes on from: its cursor, less the months that were taken back from it in favour of another source. */
export async function standing(
  config: CostExplorerConfig,
  readsOf: ReadsOf,
  { ledger }: Pick<SourceContext, 'ledger'>,
): Promise<{ readonly state: State; readonly shape: string }> {
  const { cursor, released } = await ledger.read(async reader => ({
    cursor: await reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $source', { source: config.name }),
    released: await reader.all(`SELECT origin FROM deliveries WHERE source = $source AND shape = ''`, {
      source: config.name,
    }),
  }));
  const state = stateOf(typeof cursor === 'string' ? JSON.parse(cursor) : undefined);
  const gone = new Set(released.map(row => String(row.origin).slice(-'2026-11'.length)));
  const months = Object.fromEntries(Object.entries(state.months).filter(([month]) => !gone.has(month)));
  const shape = shapeOf(config, await readsIn(ledger, readsOf));
  return { state: { ...state, months }, shape };
}

/** Throws AUTHORITY_CONFLICT where another source brings the month already: what would be refused is not paid for. */
export async function refuseHeldMonth(config: CostExplorerConfig, month: string, ledger: Ledger): Promise<void> {
  if (config.role !== 'authoritative') return;
  const other = await ledger.read(reader =>
    reader.scalar(
      `SELECT min(a.source) FROM authorities a JOIN cost_sources s ON s.source = a.source AND s.role = 'authoritative'
       JOIN (SELECT 'AWS' AS provider, $account AS billing_account) AS own ON ${sameAccount('own', 'a')}
       WHERE a.source <> $source AND a.billing_period = $month::DATE`,
      { source: config.name, account: config.billing_account, month: `${month}-01` },
    ),
  );
  if (other !== null && other !== undefined)
    throw new PlumblineError('AUTHORITY_CONFLICT', {
      source: config.name,
      other: String(other),
      provider: 'AWS',
      account: config.billing_account,
      period: month,
    });
}

/** Where it differs, every month is read again: other cubes, or rules that read other attributes of a charge. */
function shapeOf(config: CostExplorerConfig, reads: OwnershipReads): string {
  // Tags that are no key of the first cube can't be in its charges.
  const tags = (config.cubes[0] ?? []).filter(key => key.startsWith('TAG:')).map(key => key.slice(4).toLowerCase());
  const asked = [config.billing_account, config.role, config.cubes, config.charge_categories, config.effective_cost];
  const read = [reads.tags.filter(tag => tags.includes(tag.toLowerCase())).sort(), [...reads.attributes].sort()];
  return createHash('sha256')
    .update(JSON.stringify([recordsVersion, asked, read]))
    .digest('hex')
    .slice(0, 16);
}
