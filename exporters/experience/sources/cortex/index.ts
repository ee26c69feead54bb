/**
 * Cortex: the scorecards of a workspace and how far each entity has come by them. Documented shape only, see
 * scorecards.ts. Everything is asked for anew at each refresh, and all of it is one batch: what isn't told has ended.
 */

import { ownerText } from '../../../catalog/keys.ts';
import type { Ownership } from '../../../catalog/ownership.ts';
import { repositorySlug } from '../../../catalog/repository.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { PullSource } from '../../../core/source.ts';
import { type CortexEntity, catalogEntities } from '../../../vendors/cortex/catalog.ts';
import { type CortexOptions, cortexClient } from '../../../vendors/cortex/client.ts';
import { storeStandings } from '../../scorecards/store.ts';
import type { ScorecardTold } from '../../scorecards/told.ts';
import type { CortexConfig } from './config.ts';
import { type EntityScore, type Scorecard, type Scores, scorecardsOf, scoresOf, scoresPlace } from './scorecards.ts';

const listPlace = 'scorecards';

type ClientOptions = Pick<CortexOptions, 'sleep' | 'retries'>;

export function cortexSource(config: CortexConfig, ownership: Ownership, client: ClientOptions = {}): PullSource {
  const { name } = config;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    batches: async function* (context) {
      const api = cortexClient(config, { log: context.log, signal: context.signal, ...client });
      const scorecards = await scorecardsOf(api, config);
      const types = config.types.length > 0 && scorecards.length > 0 ? config.types : undefined;
      const entities = new Map((types ? await catalogEntities(api, types) : []).map(entity => [entity.tag, entity]));
      const told: ScorecardTold[] = [];
      const rejections: Rejection[] = (config.scorecards ?? [])
        .filter(tag => !scorecards.some(scorecard => scorecard.tag === tag))
        .map(value => ({ file: listPlace, reason: 'unknown_scorecard', value }));
      for (const [index, scorecard] of scorecards.entries()) {
        const scores = await scoresOf(api, scorecard);
        context.progress(index + 1, scorecards.length, 'scorecards');
        if (scores === undefined) continue;
        const ownerOf = (score: EntityScore) => ownerOfEntity(score, entities.get(score.entity), config, ownership);
        told.push(toldOf(scorecard, scores, ownerOf));
        rejections.push(...scores.rejections);
      }
      yield {
        cursor: null,
        write: async tx => {
          const now = context.now();
          const changed = await storeStandings(tx, name, told, now);
          const read = [listPlace, ...scorecards.map(({ tag }) => scoresPlace(tag))];
          const rejected = await keepRejections(tx, name, { read, rejections }, now);
          return { records: told.reduce((sum, { standings }) => sum + standings.length, 0), changed, rejected };
        },
      };
    },
  };
}

const toldOf = (
  { tag, levels }: Scorecard,
  { scores, isComplete }: Scores,
  ownerOf: (score: EntityScore) => string,
): ScorecardTold => ({
  ...{ scorecard: tag, levels, isComplete },
  standings: scores.map(score => ({
    ...{ scorecard: tag, entity: score.entity, owner: ownerOf(score), evaluatedAt: score.evaluatedAt },
    ...{ score: score.score, mostScore: score.mostScore, level: score.level },
    ...{ rank: score.level === '' ? 0 : levels.indexOf(score.level) + 1, ranks: levels.length },
  })),
});

/** The configured service, else the Component of that name, else that of the repository, else the entity's own tag. */
function ownerOfEntity(
  { entity, team }: EntityScore,
  known: CortexEntity | undefined,
  { services }: CortexConfig,
  { names, document }: Ownership,
): string {
  const repository = repositorySlug(known?.repository ?? '') ?? '';
  const ofTag = names.serviceOf(entity).service;
  const isComponent = document.directory.services.some(({ service }) => service === ofTag);
  const service =
    services[entity] ?? (isComponent ? ofTag : (names.serviceOfRepository(repository)?.service ?? entity));
  return ownerText({ service, repository, team: known?.team ?? team ?? '' });
}
