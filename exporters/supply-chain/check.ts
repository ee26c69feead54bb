/** What `plumbline check` says of what is not known of the supply chain: what runs, what scans it, what limits leave out. */
import type { Notice } from '../core/exporter.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import { prepareInstants } from '../core/views.ts';
import { sql } from './metrics/sql.ts';

const counted = (n: number, one: string, several = `${one}s`) =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : several}`;
const named = (row: Row, one: string, several?: string): string => {
  const names = Array.isArray(row.named) ? row.named.map(String) : [];
  const all = Number(row.n);
  return `${counted(all, one, several)}: ${names.join(', ')}${all > names.length ? ', …' : ''}`;
};

/** One question: rows with `n`, the first few `named` and perhaps `what`; each row is a notice. */
interface Question {
  readonly sql: string;
  readonly tell: (row: Row) => string;
}

const scanned = ['running_at', 'running_as', 'scans_at', 'image_scans_at'] as const;

const questions: readonly Question[] = [
  {
    sql: `SELECT count(*) AS n FROM artifacts
      WHERE kind = 'image' AND NOT EXISTS (FROM running_looks) HAVING count(*) > 0`,
    tell: row =>
      `nothing says what runs, so that the newest content of each image is taken for what does, of ${counted(Number(row.n), 'content')} that documents tell of; add a source of what runs`,
  },
  {
    sql: sql(...scanned, '../check-scans'),
    tell: row =>
      row.what === 'never'
        ? `never scanned, though running: ${named(row, 'image')}`
        : `${row.what === 'failed' ? 'the newest scan failed' : 'the newest scan is too old'} of ${named(row, 'running image')}`,
  },
  {
    sql: sql('../check-idle'),
    tell: row => `scans of ${named(row, 'image')}, which nothing says to run; they count for find and gate alone`,
  },
  {
    sql: sql('running_at', '../check-places'),
    tell: row => `nothing has said for too long what runs in ${named(row, 'place')}, and it is not counted`,
  },
  {
    sql: `SELECT severity AS what, count(*) AS n FROM (
        FROM finding_states QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
      ) ANTI JOIN (FROM supply_chain_sla WHERE NOT is_exploited) USING (severity)
      WHERE state = 'open' AND engine IN ('vulnerability', 'secret') GROUP BY severity ORDER BY severity`,
    tell: row =>
      `severity ${row.what} has no limit, which supply_chain.sla.${row.what} can set; open of it: ${counted(Number(row.n), 'finding')}`,
  },
  {
    sql: `SELECT 1 AS n WHERE NOT EXISTS (FROM kev_entries) AND EXISTS (FROM finding_states WHERE engine = 'vulnerability')`,
    tell: () => 'no list of known exploited vulnerabilities (KEV) was read, so that nothing counts as exploited',
  },
  {
    sql: `SELECT 1 AS n WHERE NOT EXISTS (FROM signature_looks WHERE seen = 'all') AND EXISTS (FROM attestations)`,
    tell: () =>
      'no registry is asked for signatures, so that what has none is unknown, and unsigned only where cosign verify said so (exit code 10)',
  },
];

export const supplyChainNotices = (ledger: Ledger, facts: readonly string[], now: Date): Promise<readonly Notice[]> =>
  ledger.read(async reader => {
    await prepareInstants(reader, facts, { name: 'check', kind: 'state' }, { instants: [now] });
    const notices: Notice[] = [];
    for (const { sql: question, tell } of questions)
      for (const row of await reader.all(question)) notices.push({ subject: 'supply chain', text: tell(row) });
    return notices;
  });
