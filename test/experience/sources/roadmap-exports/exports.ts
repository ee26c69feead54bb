/** Exports of trackers in files, as the runtime reads them. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { experienceSchema } from '../../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../../exporters/experience/index.ts';
import { roadmapExportSource } from '../../../../exporters/experience/sources/roadmap-exports/index.ts';
import { ownershipOf } from '../../../catalog/ownership-of.ts';
import { experienceRun } from '../../runtime.ts';

export const ownership = ownershipOf({ platform: {}, data: {} });
/** Who stands in an export, and what people wrote. */
export const secrets = ['Canary', 'canary@example.org', 'A secret title'];

export const csv = (rows: readonly (readonly string[])[], separator = ',') =>
  rows
    .map(row => row.map(cell => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(separator))
    .join('\n');

export const jiraColumns = [
  ...['Summary', 'Issue key', 'Issue id', 'Status', 'Assignee', 'Reporter', 'Created', 'Updated', 'Resolved'],
  ...['Due date', 'Components', 'Components', 'Labels', 'Labels', 'Sprint', 'Sprint', 'Resolution'],
  ...['Custom field (Target end)', 'Status Category', 'Status Category Changed', 'Comment'],
];

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Rows by the names of columns; a list fills the columns of one name. */
export function tableOf(columns: readonly string[], rows: readonly Fields[]): readonly (readonly string[])[] {
  return [
    columns,
    ...rows.map(row => {
      const taken = new Map<string, number>();
      return columns.map(column => {
        const at = taken.get(column) ?? 0;
        taken.set(column, at + 1);
        return [row[column] ?? ''].flat()[at] ?? '';
      });
    }),
  ];
}

export const jiraIssue = (number: number, status: string, more: Fields = {}): Fields => ({
  Summary: 'A secret title',
  'Issue key': `PLAT-${number}`,
  'Issue id': String(10_000 + number),
  Status: status,
  ...{ Assignee: 'Ann Canary', Reporter: 'Bob Canary', Comment: '05/Dec/25 9:00 AM;canary@example.org;text' },
  'Status Category': { 'To Do': 'To Do', Backlog: 'To Do', Done: 'Done', Rejected: 'Done' }[status] ?? 'In Progress',
  ...{ Created: '01/Dec/25 9:00 AM', Updated: '02/Dec/25 9:00 AM' },
  ...more,
});

export const jira = (...rows: readonly Fields[]) => csv(tableOf(jiraColumns, rows));

export interface Opening {
  readonly files: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Further keys of `experience`. */
  readonly beside?: Readonly<Record<string, unknown>>;
  readonly now?: string;
}

export async function open(t: TestContext, { files, config = {}, beside = {}, now = '2026-10-01T00:00:00Z' }: Opening) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-exports-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let modified = Date.parse('2026-09-01T00:00:00Z');
  const write = (name: string, content: string, at?: string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    modified = at === undefined ? modified + 60_000 : Date.parse(at);
    utimesSync(file, modified / 1000, modified / 1000);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  const run = await experienceRun(t, {
    config: {
      ...beside,
      roadmap: { minimum_samples: 1 },
      roadmap_exports: [{ name: 'plat', path: folder, time_zone: 'Europe/Berlin', ...config }],
    },
    sources: section => section.roadmap_exports.map(roadmapExportSource),
    ...{ ownership, now, secrets },
  });
  const where = async () =>
    (
      await run.rows(
        `SELECT concat_ws(' ', parse_filename(file), line, reason, nullif(field, '')) AS line FROM rejects ORDER BY ALL`,
      )
    ).map(({ line }) => line);
  const notices = async () => {
    const exporter = experienceExporter(
      experienceSchema.parse({ ...beside, roadmap_exports: [{ name: 'plat', path: folder }] }),
      ownership,
    );
    return (await exporter.check!(run.runtime.ledger)).map(({ text }) => text);
  };
  return { ...run, folder, write, where, notices };
}

export const weeks = {
  'jira-2025-12-29.csv': jira(
    jiraIssue(1, 'Doing', { 'Due date': '31/Mar/26 12:00 AM' }),
    jiraIssue(2, 'To Do', { 'Due date': '28/Feb/26 12:00 AM' }),
    jiraIssue(3, 'Backlog', { 'Due date': '15/Feb/26 12:00 AM' }),
    jiraIssue(5, 'To Do', { 'Due date': '15/Feb/26 12:00 AM' }),
  ),
  'jira-2026-01-05.csv': jira(
    jiraIssue(1, 'Doing', { 'Due date': '31/Mar/26 12:00 AM' }),
    jiraIssue(2, 'To Do', { 'Due date': '30/Jun/26 12:00 AM', Updated: '03/Jan/26 9:00 AM' }),
    jiraIssue(4, 'To Do', { 'Due date': '15/Feb/26 12:00 AM', Created: '03/Jan/26 9:00 AM' }),
    jiraIssue(5, 'To Do', { 'Due date': '15/Feb/26 12:00 AM' }),
  ),
  'jira-2026-04-06.csv': jira(
    jiraIssue(1, 'Done', { Resolved: '20/Mar/26 3:04 PM', Updated: '20/Mar/26 3:04 PM', Resolution: 'Done' }),
    jiraIssue(2, 'To Do', { 'Due date': '30/Jun/26 12:00 AM', Updated: '03/Jan/26 9:00 AM' }),
    jiraIssue(5, 'Done', { Resolved: '02/Apr/26 3:04 PM', Updated: '02/Apr/26 3:04 PM', Resolution: 'Done' }),
  ),
};
