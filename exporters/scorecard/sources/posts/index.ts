/**
 * Facts of checks that pipelines and scripts post: POST /push/scorecard/facts, JSON of one fact, a list, or {facts: […]};
 * each {check, service, state, detail?, since?}. What a post does not say of stands as it was; a team's token tells of its
 * own services.
 */
import { z } from 'zod';
import { PlumblineError } from '../../../core/errors.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { PushSource } from '../../../core/source.ts';
import type { CatalogService } from '../../catalog-facts.ts';
import { readFacts } from '../../told-facts.ts';
import { storeTold } from '../../told-store.ts';

const factSchema = z.strictObject({
  check: z.string().min(1),
  service: z.string().min(1),
  state: z.string().min(1),
  detail: z.string().default(''),
  since: z.iso.datetime({ offset: true }).or(z.iso.date()).or(z.literal('')).default(''),
});
const list = z.array(factSchema).min(1).max(50_000);
const bodySchema = z.union([
  list,
  z.strictObject({ facts: list }).transform(({ facts }) => facts),
  factSchema.transform(fact => [fact]),
]);

const name = 'facts';

export interface PostOptions {
  readonly checks: readonly string[];
  readonly services: () => readonly CatalogService[];
}

/** Errors of a post, which then changes nothing: PUSH_INVALID, PUSH_FORBIDDEN. */
export const factPosts = ({ checks, services }: PostOptions): PushSource => ({
  kind: 'push',
  name,
  everySeconds: 300,
  accept: async (context, { body, principal }) => {
    const invalid = (reason: string) => new PlumblineError('PUSH_INVALID', { source: name, reason });
    let content: unknown;
    try {
      content = JSON.parse(body.toString('utf8'));
    } catch (error) {
      throw invalid(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    const parsed = bodySchema.safeParse(content);
    if (!parsed.success)
      throw invalid('expected facts with check, service, state, and detail and since where they are known');
    const now = context.now();
    const source = `post of ${principal.name}`;
    const facts = readFacts(parsed.data, { checks, services: services(), source, now });
    const [first] = facts.rejections;
    if (first !== undefined) throw invalid(`${first.reason.replaceAll('_', ' ')}: ${first.value ?? ''}`);
    if (principal.role === 'team') {
      const foreign = facts.accepted.find(({ team }) => team !== principal.team);
      if (foreign !== undefined)
        throw new PlumblineError('PUSH_FORBIDDEN', {
          ...{ principal: principal.name, source: name },
          reason: `${foreign.service} is owned by ${foreign.team}, and the token writes for ${principal.team}`,
        });
    }
    return {
      cursor: { at: now.toISOString() },
      write: async tx => {
        const changed = await storeTold(tx, facts.accepted, { now, agesFrom: 'subject' });
        await keepRejections(tx, name, { read: [source], rejections: [] }, now);
        return { records: facts.accepted.length, changed, rejected: {} };
      },
    };
  },
});
