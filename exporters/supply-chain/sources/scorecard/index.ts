/** OpenSSF Scorecard's results (`scorecard --format json`, and what api.scorecard.dev answers): how a repository is kept. */
import { repositorySlug } from '../../../catalog/repository.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Scorecard } from '../../lists.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from '../../reading.ts';
import { evaluatedAt, ownerOfArtifact, present, rejection, repositoryArtifact } from '../../scanned.ts';

export const scorecard: DocumentKind = {
  kind: 'scorecard',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isScorecard(json),
  read: ({ json }, context) => {
    if (json === undefined) return faulty('not_json');
    return isScorecard(json) ? readScorecard(json, context) : faulty('not_scorecard');
  },
};

const isScorecard = (json: unknown): json is JsonObject =>
  isObject(json) && isObject(json.scorecard) && Array.isArray(json.checks);

/** Scorecard has some twenty; each is a series of every service. */
const mostChecks = 50;

function readScorecard(json: JsonObject, context: ReadContext): Reading {
  const artifact = repositoryArtifact(slugOf(objectOf(json.repo).name) ?? context.place.repository ?? '');
  if (artifact === undefined) return faulty('missing_subject');
  const listed = listOf(json.checks);
  if (listed.length === 0) return faulty('missing_checks');
  const checks = new Map<string, Scorecard['checks'][number]>();
  const rejections: Rejection[] = [];
  for (const [index, item] of listed.entries()) {
    const check = isObject(item) ? checkOf(item) : 'not_an_object';
    const reason =
      typeof check === 'string'
        ? check
        : checks.has(check.name)
          ? 'told_twice'
          : checks.size >= mostChecks
            ? 'too_many_checks'
            : undefined;
    if (reason !== undefined) rejections.push(rejection(context, { line: index + 1, reason }));
    else if (typeof check !== 'string') checks.set(check.name, check);
  }
  const whole = scoreOf(json.score);
  if (whole === 'bad_score') rejections.push(rejection(context, { line: 0, reason: whole }));
  const told: Scorecard = {
    ...{ repository: artifact.name, at: evaluatedAt(wordOf(json.date, 50), context) },
    ...present({ score: whole === 'bad_score' ? undefined : whole }),
    ...{ checks: [...checks.values()], owner: ownerOfArtifact(artifact, context) },
  };
  return { heard: { scorecards: [told] }, records: listed.length, rejections };
}

/** `github.com/acme/shop` without its host; undefined of a folder (`file://…`), which is no repository's name. */
function slugOf(value: unknown): string | undefined {
  const name = wordOf(value, 1000);
  if (name === undefined || name.startsWith('file:')) return undefined;
  return repositorySlug(/^[^/:]+\.[^/]+\/[^/]+\/./.test(name) ? `https://${name}` : name);
}

function checkOf(item: JsonObject): Scorecard['checks'][number] | string {
  const name = wordOf(item.name, 100);
  if (name === undefined) return 'missing_name';
  const score = scoreOf(item.score);
  return score === 'bad_score' ? score : { name, ...present({ score }) };
}

/** -1 is that it could not tell. */
function scoreOf(value: unknown): number | 'bad_score' | undefined {
  if (value === -1) return undefined;
  return typeof value === 'number' && value >= 0 && value <= 10 ? value : 'bad_score';
}
