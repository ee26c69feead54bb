/** GET /api/gate: whether the rules of `supply_chain.gate` let an image be deployed, by what the ledger knows now. */
import { z } from 'zod';
import type { ApiEndpoint, ApiItem, ApiPage, ApiRequest } from '../core/api.ts';
import { PlumblineError } from '../core/errors.ts';
import type { Ledger, Parameters } from '../core/ledger.ts';
import { prepareInstants } from '../core/views.ts';
import type { GateRule } from './gate/config.ts';
import { evaluateGate } from './gate/evaluate.ts';
import { subjectsOfLedger } from './gate/from-ledger.ts';
import { sql } from './metrics/sql.ts';
import { imageOf } from './subject.ts';

const columns = ['image', 'artifact', 'team', 'environment', 'verdict', 'rule', 'reasons'] as const;
const resolvedSql = sql('running_at', '../gate/resolved', '../gate/resolved_list');
const listName = 'gate';

const querySchema = z.strictObject({
  image: z.string().trim().min(1).max(1_000),
  environment: z.string().trim().min(1).optional(),
  team: z.string().optional(),
});

export interface GateOptions {
  readonly facts: readonly string[];
  readonly rules: readonly GateRule[];
}

/** One item for each environment that the image runs in; none where nothing is known of it. */
export const gateApi = (options: GateOptions): ApiEndpoint => ({
  name: listName,
  answer: (ledger, request) => answer(ledger, options, request),
});

async function answer(ledger: Ledger, { facts, rules }: GateOptions, request: ApiRequest): Promise<ApiPage> {
  const { principal, now } = request;
  const read = querySchema.safeParse(request.query);
  const invalid = (reason: string) => new PlumblineError('QUERY_INVALID', { name: listName, reason });
  if (!read.success) {
    const [issue] = read.error.issues;
    if (issue?.code === 'unrecognized_keys')
      throw invalid(
        `there is no parameter ${issue.keys.join(', ')}; there are ${Object.keys(querySchema.shape).join(', ')}`,
      );
    if (request.query.image === undefined)
      throw invalid('image: it has to say which one, by a digest or a reference such as ghcr.io/acme/shop:1.0');
    throw invalid(`${String(issue?.path[0] ?? '')}: ${issue?.message ?? 'not understood'}`);
  }
  const { image, environment: asked } = read.data;
  const parameters = {
    ...parametersOf(image, invalid),
    own: principal.role === 'team' ? principal.team : null,
  };
  const items = await ledger.read(async reader => {
    await prepareInstants(reader, facts, { name: listName, kind: 'state' }, { instants: [now] });
    const placed = await reader.all(resolvedSql, parameters);
    const artifacts = [...new Set(placed.map(({ artifact }) => String(artifact)))];
    if (artifacts.length === 0) return [];
    const subjects = await subjectsOfLedger(reader, artifacts, { now, rules, facts });
    return subjects.flatMap(subject => {
      const where = placed.filter(({ artifact }) => artifact === subject.artifact);
      const environments =
        asked === undefined ? [...new Set(where.map(({ environment }) => textOf(environment)))] : [asked];
      return environments.map((environment): ApiItem => {
        const verdict = evaluateGate(rules, { ...subject, ...(environment && { environment }) }, now);
        return {
          ...{ image: subject.title, artifact: subject.artifact, team: String(where[0]?.team ?? 'unowned') },
          ...{ environment: environment ?? '', verdict: verdict.verdict, rule: verdict.rule },
          reasons: verdict.reasons.map(reason => ({ ...reason })),
        };
      });
    });
  });
  return { columns, items, total: items.length };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Repositories are known by their name. */
function parametersOf(text: string, invalid: (reason: string) => Error): Parameters {
  const nothing = { digest: null, name: null, tag: null };
  if (/^[a-z0-9]+:[0-9a-f]{32,}$/i.test(text)) return { ...nothing, digest: text.toLowerCase() };
  const image = imageOf(text);
  if (image === undefined) throw invalid(`image: ${text} is no digest and no reference of an image`);
  if (image.digest !== undefined) return { ...nothing, digest: image.digest };
  return { ...nothing, name: image.name, tag: image.tag ?? null };
}
