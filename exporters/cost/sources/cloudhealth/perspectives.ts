/** Perspectives are what CloudHealth calls its groupings of assets; a report has one as a dimension. */
import { z } from 'zod';
import { PlumblineError } from '../../errors.ts';
import type { CloudHealthClient } from './client.ts';

const schemasSchema = z.record(z.string(), z.object({ name: z.string(), active: z.unknown().optional() }));
/** A list that goes on for ever is no list of perspectives. */
const mostPages = 50;

/**
 * The dimension `Groupset-ID` of a perspective, by its name. Asks for pages until one brings nothing new: a server may
 * give fewer a page than asked for, or all at once. Errors: those of the client, CLOUDHEALTH_ANSWER,
 * CLOUDHEALTH_PERSPECTIVE.
 */
export async function perspectiveDimension(client: CloudHealthClient, name: string): Promise<string> {
  const known = new Map<string, string>();
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await client.getJson({ url: '/v1/perspective_schemas', query: { page, per_page: 100 } });
    const parsed = schemasSchema.safeParse(answer);
    if (!parsed.success)
      throw new PlumblineError('CLOUDHEALTH_ANSWER', {
        what: 'the list of perspectives',
        reason: 'it is no map of schemas',
      });
    const before = known.size;
    for (const [id, schema] of Object.entries(parsed.data)) if (!isInactive(schema.active)) known.set(id, schema.name);
    const found = [...known].find(([, other]) => other.trim().toLowerCase() === name.trim().toLowerCase());
    if (found) return found[0].startsWith('Groupset-') ? found[0] : `Groupset-${found[0]}`;
    if (known.size === before) break;
  }
  throw new PlumblineError('CLOUDHEALTH_PERSPECTIVE', { name, known: [...known.values()].sort().join(', ') || 'none' });
}

const isInactive = (active: unknown) => active === false || active === 'false';
