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

/** What else runs is left out before it is looked at: most images have nothing of what is asked for. */
const onlyMatched = `CREATE OR REPLACE TEMP VIEW running_images_known AS
  SELECT *, occurred_at AS effective_at FROM running_images
  WHERE artifact IN (SELECT artifact FROM matched_artifacts)
    OR name IN (SELECT name FROM artifacts SEMI JOIN matched_artifacts USING (artifact))`;

/** What the list reads. */
const facts = ['running_images', 'running_looks', 'artifact_scans', 'artifact_sboms'] as const;

/** Rows of found_listed.sql, in their order. */
export const findComponents = (ledger: Ledger, now: Date, wanted: Wanted): Promise<Row[]> =>
  ledger.read(async reader => {
    if (!(await matchComponents(reader, wanted))) return [];
    await prepareInstants(reader, facts, { name: listName, kind: 'state' }, { instants: [now] });
    await reader.run(onlyMatched);
    return reader.all(listSql, wanted.parameters);
  });
