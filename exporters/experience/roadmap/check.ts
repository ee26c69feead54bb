/** What of the roadmap's configuration has no effect on what the ledger holds, for `plumbline check`. */
import type { Ownership } from '../../catalog/ownership.ts';
import type { Notice } from '../../core/exporter.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { ExperienceConfig } from '../config.ts';

const sources = ['linear', 'jira', 'github_projects', 'roadmap_exports'] as const;

interface Counts {
  readonly items: number;
  readonly feedback: number;
  readonly visits: number;
  readonly areas: number;
  readonly promised: number;
  readonly done: number;
  readonly started: number;
}

export async function checkRoadmap(
  ledger: Ledger,
  { config, ownership }: { readonly config: ExperienceConfig; readonly ownership: Ownership },
): Promise<readonly Notice[]> {
  const counts = await countsOf(ledger);
  const exports = await exportsOf(ledger);
  return sources.flatMap(key =>
    config[key].flatMap(({ name, team, feedback_labels, office_hours_labels }) => {
      const subject = `roadmap ${name}`;
      const notices: Notice[] = [];
      if (ownership.teams.length > 0 && ownership.names.teamOf(team) === undefined)
        notices.push({
          ...{ subject, text: `the team ${team} is none of the catalog: its roadmap is of "unowned"` },
          ...{ word: team, known: ownership.teams },
        });
      for (const text of key === 'roadmap_exports' ? (exports.get(name) ?? []) : []) notices.push({ subject, text });
      const found = counts.get(name);
      // What isn't read yet has no effect yet.
      if (found === undefined || found.items === 0) return notices;
      const say = (is: boolean, text: string) => (is ? notices.push({ subject, text }) : 0);
      const of = `none of its ${found.items} items`;
      say(feedback_labels.length > 0 && found.feedback === 0, `${of} has a label of feedback_labels`);
      say(office_hours_labels.length > 0 && found.visits === 0, `${of} has a label of office_hours_labels`);
      say(found.areas === 0, `${of} has an area: all are told as "none"`);
      say(found.promised === 0, `${of} has a due date or a cycle: no promises are known`);
      say(
        found.done > 0 && found.started === 0,
        `${of} that are done is known to have been in progress: no cycle times are known`,
      );
      return notices;
    }),
  );
}

async function countsOf(ledger: Ledger): Promise<ReadonlyMap<string, Counts>> {
  const rows = await ledger.read(reader =>
    reader.all(`
      SELECT
        source, count(*)::INTEGER AS items, count(*) FILTER (is_feedback)::INTEGER AS feedback,
        count(*) FILTER (is_office_hours)::INTEGER AS visits, count(*) FILTER (area <> '')::INTEGER AS areas,
        count(*) FILTER (due_on IS NOT NULL OR cycle_until IS NOT NULL)::INTEGER AS promised,
        count(*) FILTER (status = 'done')::INTEGER AS done,
        count(*) FILTER (status = 'done' AND started_at IS NOT NULL)::INTEGER AS started
      FROM (
        FROM roadmap_items
        QUALIFY row_number() OVER (PARTITION BY source, item ORDER BY version DESC) = 1 AND NOT is_deleted
      )
      GROUP BY source`),
  );
  return new Map(rows.map(({ source, ...counts }) => [String(source), counts as unknown as Counts]));
}

/** What was read of exports, by source. */
async function exportsOf(ledger: Ledger): Promise<ReadonlyMap<string, readonly string[]>> {
  const [read, older] = await ledger.read(async reader => [
    await reader.all(`
      SELECT source, kind, exports, items, elsewhere, silent, strftime(first_at, '%Y-%m-%d %H:%M') AS first,
        strftime(last_at, '%Y-%m-%d %H:%M') AS last,
        source IN (SELECT source FROM roadmap_snapshots) AS is_whole
      FROM roadmap_exports`),
    await reader.all(`
      SELECT source, count(*)::INTEGER AS files, min(path) AS path
      FROM files JOIN roadmap_exports USING (source)
      WHERE reason = 'older_export' GROUP BY source`),
  ]);
  const texts = new Map<string, readonly string[]>(
    read.map(({ source, kind, exports, items, elsewhere, silent, first, last, is_whole: isWhole }) => {
      const moments = exports === 1 ? `of ${last} UTC` : `from ${first} to ${last} UTC`;
      const left =
        Number(elsewhere) > 0 ? `, and ${elsewhere} more that another source tells of, which counts them` : '';
      return [
        String(source),
        [
          `${exports} ${exports === 1 ? 'export' : 'exports'} of ${kind} ${moments}; the last has ${items} ${items === 1 ? 'item' : 'items'}${left}`,
          ...(silent === ''
            ? []
            : [
                `the last has no column for ${silent}, which columns can name: what has no date of its own counts from when it was first seen`,
              ]),
          ...(isWhole === true
            ? []
            : ['none of its exports was whole: nothing counts as gone, and no promises are known']),
        ],
      ] as const;
    }),
  );
  for (const { source, files, path } of older)
    texts.set(String(source), [
      ...(texts.get(String(source)) ?? []),
      `${files} ${files === 1 ? 'file speaks' : 'files speak'} of a time before what was known when they came, and changed nothing: ${path}${Number(files) > 1 ? ', …' : ''}`,
    ]);
  return texts;
}
