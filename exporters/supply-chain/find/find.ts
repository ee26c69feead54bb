/** Which artifacts have a package, and where they run: the bills of materials against what runs, as of now. */
import { readFileSync } from 'node:fs';
import type { Ledger, Parameters, Row } from '../../core/ledger.ts';
import { prepareInstants } from '../../core/views.ts';
import { type Asked, matchComponents } from './match.ts';
import { listName } from './query.ts';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trimEnd();
const listSql = `WITH\n${['../metrics/running_at.sql', '../metrics/running_as.sql', './found_runs.sql', './found_listed.sql'].map(read).join(',\n')}`;

export interface Wanted extends Asked {
  /** Of found_listed.sql. */
  readonly parameters: Parameters;
}

/** Rows of found_listed.sql, in their order. `facts` are the exporter's. */
export const findComponents = (ledger: Ledger, facts: readonly string[], now: Date, wanted: Wanted): Promise<Row[]> =>
  ledger.read(async reader => {
    if (!(await matchComponents(reader, wanted))) return [];
    await prepareInstants(reader, facts, { name: listName, kind: 'state' }, { instants: [now] });
    return reader.all(listSql, wanted.parameters);
  });
