/** The SQL of the families of surveys: over the newest wave that was released by each instant. */
import { readFileSync } from 'node:fs';

const read = (file: string) => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8').trimEnd();

/** A file that stands by itself. */
export const sql = read;

/** Of the newest release: one row a survey, until its numbers are too old and longer. */
export const ofNewest = (columns: readonly string[], value: string): string =>
  `WITH ${read('newest')}\nSELECT ts, survey, ${[...columns, `${value} AS value`].join(', ')} FROM newest`;

export interface ToldSql {
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  /** Rows each becomes several of, such as its two bounds. */
  readonly each?: string;
}

/** Of the results that are told: one row a team, or the organisation's. */
export const ofTold = (level: 'team' | 'organisation', { kind, labels, value, each }: ToldSql): string => {
  const columns = Object.entries(labels).map(([label, column]) => `${column} AS ${label}`);
  const isTeam = level === 'team';
  return `WITH ${read('newest')},
${read('told')}
SELECT ${['ts', ...(isTeam ? ['team'] : []), ...columns, `${value} AS value`].join(', ')}
FROM told${each === undefined ? '' : ` CROSS JOIN ${each}`}
WHERE kind = '${kind}' AND team ${isTeam ? '<>' : '='} ''`;
};

/** Two rows of each. */
export const bounds = "(VALUES ('lower'), ('upper')) AS b(bound)";
