/**
 * The part of the monthly review that people are in, for `plumbline review`: what developers say, and what became of the
 * roadmap. It is read from the metric families alone, so that nothing is told here that they don't tell.
 */
import type { ReviewAsked, ReviewPart } from '../core/exporter.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import type { Metric } from '../core/metric.ts';
import { prepareInstants } from '../core/views.ts';
import { dimensionScore, feedbackOpen, itemsOpened, nps, promises, surveyResponses } from './metrics.ts';
import { type AtEnds, type ExperienceFacts, flat, levelled } from './review/facts.ts';
import { roadmapSection } from './review/roadmap.ts';
import { voice } from './review/voice.ts';

/** Empty where nothing is told of the month, or of the team that is asked for. Of a month that is over. */
export async function reviewExperience(
  ledger: Ledger,
  { month, team }: ReviewAsked,
  tables: readonly string[],
): Promise<readonly ReviewPart[]> {
  const start = new Date(`${month}-01T00:00:00Z`);
  const monthsOn = (months: number) => new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1));
  const metrics: readonly Metric[] = [
    ...Object.values(flat),
    ...Object.values(levelled).flatMap((one): readonly Metric[] => [one.organisation, one.team]),
  ];
  const read = await readFamilies(ledger, metrics, tables, [monthsOn(-1), start, monthsOn(1)]);
  const keep = (ends: AtEnds, keeps: (row: Row) => boolean): AtEnds => [
    ...([ends[0].filter(keeps), ends[1].filter(keeps), ends[2].filter(keeps)] as const),
  ];
  const facts: ExperienceFacts = {
    month,
    before: monthsOn(-1).toISOString().slice(0, 7),
    of: (family, name) =>
      name === undefined
        ? read(levelled[family].organisation)
        : keep(read(levelled[family].team), row => row.team === name),
    all: family => read(flat[family]),
  };
  const told = [surveyResponses.team, nps.team, dimensionScore.team, promises, itemsOpened, feedbackOpen];
  const teams = [...new Set(told.flatMap(metric => read(metric).flat()).map(row => String(row.team)))].sort();
  const text = (name: string | undefined) =>
    `${[`# Experience review ${month}: ${name ?? 'all teams'}`, voice(facts, name), roadmapSection(facts, name)].join('\n\n')}\n`;
  if (team !== undefined) return teams.includes(team) ? [{ team, text: text(team) }] : [];
  if (teams.length === 0 && facts.all('surveyWave').flat().length === 0) return [];
  return [{ text: text(undefined) }, ...teams.map(name => ({ team: name, text: text(name) }))];
}

const readFamilies = (
  ledger: Ledger,
  metrics: readonly Metric[],
  tables: readonly string[],
  instants: readonly [Date, Date, Date],
): Promise<(metric: Metric) => AtEnds> =>
  ledger.read(async reader => {
    const found = new Map<string, AtEnds>();
    for (const metric of metrics) {
      await prepareInstants(reader, tables, metric, { instants });
      const rows = await reader.all(`SELECT * FROM (${metric.sql}) WHERE value IS NOT NULL`);
      const at = (instant: Date) => {
        const text = instant.toISOString().replace('T', ' ').slice(0, 19);
        return rows.filter(row => String(row.ts).startsWith(text));
      };
      found.set(metric.name, [at(instants[0]), at(instants[1]), at(instants[2])]);
    }
    return metric => found.get(metric.name) ?? [[], [], []];
  });
