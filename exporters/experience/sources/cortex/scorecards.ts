/**
 * Scorecards and scores of Cortex's REST API, of the OpenAPI document that docs.cortex.io has: a level's `number` is
 * said to be 1 for the highest, while descriptors of scorecards rank Bronze 1 and Gold 3. An entity's `ladderLevels` has
 * the level that it stands on for each ladder, without a `level` below the first. Pages of scores say how many there are
 * in some versions only; without, they are read until one brings no further entity.
 */
import { z } from 'zod';
import { PlumblineError } from '../../../core/errors.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { type CortexClient, cortexAnswer, pageSize } from '../../../vendors/cortex/client.ts';
import type { CortexConfig } from './config.ts';

export interface Scorecard {
  readonly tag: string;
  /** Names of its levels, the lowest first. */
  readonly levels: readonly string[];
}

/** What the scores say of an entity. */
export interface EntityScore {
  readonly entity: string;
  readonly team: string | undefined;
  readonly evaluatedAt: string;
  readonly score: number;
  readonly mostScore: number;
  /** '' below the first level. */
  readonly level: string;
}

export interface Scores {
  readonly scores: readonly EntityScore[];
  readonly isComplete: boolean;
  readonly rejections: readonly Rejection[];
}

const levelSchema = z.looseObject({ name: z.string(), number: z.number() });
const ladderSchema = z.array(z.looseObject({ level: levelSchema.nullish() }));
const scorecardSchema = z.looseObject({
  tag: z.string(),
  isDraft: z.boolean().nullish(),
  levels: ladderSchema.nullish(),
});
const scoresSchema = z.looseObject({
  serviceScores: z.array(z.unknown()),
  total: z.number().nullish(),
  totalPages: z.number().nullish(),
});
const time = z.string().refine(text => !Number.isNaN(Date.parse(text)));
const points = z.number().min(0).max(1e9);
const scoreSchema = z.looseObject({
  lastEvaluated: time,
  service: z.looseObject({
    tag: z.string().min(1),
    owners: z.looseObject({ groups: z.array(z.string()).nullish() }).nullish(),
  }),
  score: z.looseObject({
    ladderLevels: ladderSchema.nullish(),
    summary: z.looseObject({ score: points, totalPossibleScore: points }),
  }),
});

export const scoresPlace = (scorecard: string): string => `scores of scorecard ${scorecard}`;

/** The scorecards that are to be read. Errors: those of the client. */
export async function scorecardsOf(api: CortexClient, config: CortexConfig): Promise<readonly Scorecard[]> {
  const found = new Map<string, Scorecard>();
  for (let page = 0, pages = 1; page < pages; page += 1) {
    const query = config.drafts ? { showDrafts: true } : {};
    const said = await api.page('api/v1/scorecards', 'scorecards', page, query);
    if (said === undefined) break;
    pages = said.totalPages;
    for (const item of said.items) {
      const { tag, isDraft, levels } = understood(scorecardSchema, item, 'a scorecard');
      if (config.scorecards?.includes(tag) === false || (isDraft === true && !config.drafts)) continue;
      const ladder = levels ?? (await ladderOf(api, tag));
      if (ladder !== undefined) found.set(tag, { tag, levels: lowestFirst(ladder, config.lowest_level) });
    }
  }
  return [...found.values()];
}

/** A list may be shorter than what it lists. Undefined where the scorecard is gone meanwhile. */
async function ladderOf(api: CortexClient, tag: string): Promise<z.infer<typeof ladderSchema> | undefined> {
  const said = await unlessGone(api.get(`api/v1/scorecards/${encodeURIComponent(tag)}`));
  if (said === undefined) return undefined;
  const { scorecard } = understood(z.looseObject({ scorecard: scorecardSchema }), said, `the scorecard ${tag}`);
  return scorecard.levels ?? [];
}

function lowestFirst(ladder: z.infer<typeof ladderSchema>, lowest: CortexConfig['lowest_level']): readonly string[] {
  const levels = ladder.flatMap(({ level }) => level ?? []);
  const ascending = levels.toSorted((a, b) => a.number - b.number).map(({ name }) => name);
  return lowest === 'first' ? ascending : ascending.toReversed();
}

/** The scores of all entities of a scorecard; undefined where it is gone. Errors: those of the client. */
export async function scoresOf(api: CortexClient, { tag, levels }: Scorecard): Promise<Scores | undefined> {
  const scores = new Map<string, EntityScore>();
  const rejections: Rejection[] = [];
  const file = scoresPlace(tag);
  const known = new Set<string>();
  let total = 0;
  for (let page = 0, pages = Number.POSITIVE_INFINITY; page < pages; page += 1) {
    const path = `api/v1/scorecards/${encodeURIComponent(tag)}/scores`;
    const answered = await unlessGone(api.get(path, { page, pageSize }));
    if (answered === undefined) return undefined;
    const said = understood(scoresSchema, answered, `page ${page} of ${path}`);
    const before = known.size;
    for (const item of said.serviceScores) {
      const text = JSON.stringify(item);
      if (known.has(text)) continue;
      known.add(text);
      const read = readScore(item, levels);
      if ('reason' in read) rejections.push({ file, ...read });
      else scores.set(read.entity, read);
    }
    pages = said.totalPages ?? pages;
    total = said.total ?? total;
    if (said.totalPages == null && known.size === before) break;
  }
  // An entity that moved to an earlier page while they were read is on none.
  return { scores: [...scores.values()], isComplete: rejections.length === 0 && scores.size >= total, rejections };
}

/** Of what can't be read, its tag alone is told: scores bring people and their words. */
function readScore(item: unknown, levels: readonly string[]): EntityScore | Omit<Rejection, 'file'> {
  const parsed = scoreSchema.safeParse(item);
  if (!parsed.success) {
    const tag = z.looseObject({ service: z.looseObject({ tag: z.string() }) }).safeParse(item);
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    return { reason: 'no_score', field, ...(tag.success ? { value: tag.data.service.tag } : {}) };
  }
  const { lastEvaluated, service, score } = parsed.data;
  const level = score.ladderLevels?.[0]?.level?.name ?? '';
  if (level !== '' && !levels.includes(level)) return { reason: 'unknown_level', field: level, value: service.tag };
  return {
    ...{ entity: service.tag, team: service.owners?.groups?.[0], evaluatedAt: lastEvaluated, level },
    ...{ score: score.summary.score, mostScore: score.summary.totalPossibleScore },
  };
}

function understood<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw cortexAnswer(what, parsed.error);
  return parsed.data;
}

const unlessGone = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch((error: unknown) => {
    if (error instanceof PlumblineError && error.code === 'HTTP_STATUS' && error.details.status === 404)
      return undefined;
    throw error;
  });
