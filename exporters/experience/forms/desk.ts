/**
 * Where responses to a form that is no survey go: they are items of the roadmap, counted and never read. Nothing that
 * somebody wrote gets into the ledger: an item is a pseudonym, a day, an area of the configuration, and whether it was
 * answered.
 */
import { createHash } from 'node:crypto';
import { wildcard } from '../../catalog/wildcard.ts';
import type { Transaction } from '../../core/ledger.ts';
import type { Pseudonyms } from '../pseudonym.ts';
import { storeRoadmap } from '../roadmap/store.ts';
import type { RoadmapItem } from '../roadmap/told.ts';
import { surveySchema } from '../surveys/config.ts';
import type { SurveyDesk } from '../surveys/desk.ts';
import { spaced } from '../surveys/numbers.ts';
import type { SurveyItem, SurveyResponse, SurveyTold } from '../surveys/told.ts';
import type { FormConfig } from './config.ts';

export function formDesk(config: FormConfig, pseudonyms: Pseudonyms): SurveyDesk {
  // A source asks a desk what it reads by: another area or column needs all responses read anew.
  const digest = createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16);
  const questions = [{ question: digest, name: 'form', as: 'scale' }];
  return {
    survey: surveySchema.parse({ survey: config.form, cadence: 'year', questions }),
    pseudonyms,
    store: async (tx, source, told, now) => {
      const reading = { config, pseudonyms, now, noted: await answeredBefore(tx, source) };
      const items = told.responses
        .filter(({ isComplete }) => isComplete)
        .map(response => itemOf(response, told, reading));
      const changed = await storeRoadmap(tx, source, { items, isWhole: told.isWhole }, { now, team: config.team });
      return { records: told.responses.length, changed, rejected: {} };
    },
  };
}

interface Reading {
  readonly config: FormConfig;
  readonly pseudonyms: Pseudonyms;
  readonly now: Date;
  /** When items were answered, as far as that was noted before: ISO 8601 by item. */
  readonly noted: ReadonlyMap<string, string>;
}

async function answeredBefore(tx: Transaction, source: string): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.all(
    `SELECT item, strftime(answered_at, '%Y-%m-%dT%H:%M:%SZ') AS answered FROM roadmap_items WHERE source = $source
     QUALIFY row_number() OVER (PARTITION BY item ORDER BY version DESC) = 1 AND answered_at IS NOT NULL`,
    { source },
  );
  return new Map(rows.map(({ item, answered }) => [String(item), String(answered)]));
}

function itemOf(
  response: SurveyResponse,
  { items }: Pick<SurveyTold, 'items'>,
  { config, pseudonyms, now, noted }: Reading,
): RoadmapItem {
  const id = pseudonyms('form', `${config.form}\n${response.id}`);
  const day = `${response.submittedAt.slice(0, 10)}T00:00:00Z`;
  const isVisit = config.counts_as === 'office_hours';
  const note = config.answered === undefined ? '' : textOf(response, items, config.answered);
  const answeredAt =
    note === '' ? undefined : (dayOf(note, day, now) ?? noted.get(id) ?? `${now.toISOString().slice(0, 10)}T00:00:00Z`);
  return {
    ...{ id, key: id.slice(0, 12), createdAt: day, area: areaOf(response, items, config) },
    changedAt: answeredAt ?? day,
    status: isVisit || answeredAt !== undefined ? 'done' : 'backlog',
    ...(isVisit ? { endedAt: day } : answeredAt === undefined ? {} : { endedAt: answeredAt, answeredAt }),
    ...{ isFeedback: !isVisit, isOfficeHours: isVisit },
  };
}

/** Of the first column that the pattern means; case and spaces do not matter. */
function textOf({ answers }: SurveyResponse, items: readonly SurveyItem[], pattern: string): string {
  const isMeant = wildcard([spaced(pattern)]);
  const item = items.find(({ id, text }) => isMeant(spaced(id)) || isMeant(spaced(text)));
  return (item ? (answers[item.id] ?? []) : []).join(' ').trim();
}

function areaOf(response: SurveyResponse, items: readonly SurveyItem[], { area }: FormConfig): string {
  if (area === undefined) return '';
  const said = spaced(textOf(response, items, area.question));
  return Object.entries(area.answers).find(([answer]) => spaced(answer) === said)?.[1] ?? '';
}

/** A day that stands there, where it is one that can be. */
function dayOf(note: string, since: string, now: Date): string | undefined {
  const day = /^\d{4}-\d\d-\d\d/.exec(note)?.[0];
  const at = Date.parse(`${day}T00:00:00Z`);
  return at >= Date.parse(since) && at <= now.getTime() ? `${day}T00:00:00Z` : undefined;
}
