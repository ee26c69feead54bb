/** Fields of issues: their ids by the names that people know, and the words in their values. */
import { z } from 'zod';
import type { JiraClient } from './client.ts';
import { PlumblineError } from './errors.ts';

export interface WantedField {
  /** The key of the configuration, for the error. */
  readonly what: string;
  /** A field's id or name; case does not matter. */
  readonly field: string;
  /** True where it may be that Jira has no such field. */
  readonly optional?: boolean;
}

const fieldsSchema = z.array(z.looseObject({ id: z.string(), name: z.string() }));

const isId = (field: string) => /^customfield_\d+$/.test(field) || systemFields.has(field.toLowerCase());
const systemFields = new Set(
  ['components', 'created', 'environment', 'fixVersions', 'issuetype', 'labels', 'priority', 'project', 'resolution']
    .concat(['resolutiondate', 'status', 'statuscategorychangedate', 'summary', 'updated', 'versions', 'duedate'])
    .map(field => field.toLowerCase()),
);

/**
 * The id of each wanted field, by what was given for it; Jira is asked only where a name was. Absent are optional fields
 * that Jira doesn't have. Errors: JIRA_FIELD where it has none, or several, of a name.
 */
export async function fieldIds(
  client: JiraClient,
  wanted: readonly WantedField[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map(wanted.filter(({ field }) => isId(field)).map(({ field }) => [field, field]));
  const named = wanted.filter(({ field }) => !isId(field));
  if (named.length === 0) return ids;
  const said = fieldsSchema.safeParse(await client.ask({ path: 'field' }));
  if (!said.success) throw new PlumblineError('JIRA_ANSWER', { what: 'its fields', reason: 'it is no list of fields' });
  for (const { what, field, optional = false } of named) {
    const found = said.data.filter(({ id, name }) =>
      [id, name].some(word => word.toLowerCase() === field.toLowerCase()),
    );
    const [first] = found;
    if (first && found.length === 1) ids.set(field, first.id);
    else if (!optional) throw new PlumblineError('JIRA_FIELD', { what, field, count: found.length });
  }
  return ids;
}

/**
 * The words in a field's value, whatever its type: text, numbers, options, components, versions, users, services, and
 * the text of Atlassian's document format; a list gives each of its items.
 */
export function wordsIn(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    // A NUL, which real titles have, would cut the text wherever it goes next.
    return [String(value).replaceAll('\0', '').trim()].filter(text => text !== '');
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  const one = value as Readonly<Record<string, unknown>>;
  if (one.type === 'doc') return [documentText(one).replace(/\s+/g, ' ').trim()].filter(text => text !== '');
  for (const key of ['name', 'value', 'displayName', 'label', 'key', 'id'])
    if (typeof one[key] === 'string' && one[key] !== '') return [one[key]];
  return [];
}

function documentText(node: Readonly<Record<string, unknown>>): string {
  const own = typeof node.text === 'string' ? node.text : '';
  const content = Array.isArray(node.content) ? (node.content as Readonly<Record<string, unknown>>[]) : [];
  const inner = content.map(documentText).join('');
  // Blocks stand apart, marks inside of a paragraph don't.
  return own + inner + (content.length > 0 && node.type !== 'doc' ? ' ' : '');
}
