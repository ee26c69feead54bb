/**
 * The words of the messages for an AlertmanagerConfig, which has no file of templates: each text carries those that it
 * calls. Alertmanager parses a field's text beside its templates, so that a definition may stand in it.
 */
import { messageTemplates } from '../../alerts/routes/templates.ts';

const action = /\{\{-?\s*(?:\/\*[\s\S]*?\*\/|[\s\S]*?)\s*-?\}\}/g;
const opens = /^\{\{-?\s*(if|range|with|define|block)\b/;
const called = /\{\{-?\s*template\s+"([^"]+)"/g;

/** Each definition of a file of templates, whole, by its name. */
export function definitionsOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let depth = 0;
  let begun = 0;
  let name = '';
  for (const match of text.matchAll(action)) {
    const [word] = match;
    if (opens.test(word)) {
      if (depth === 0) {
        begun = match.index;
        name = /define\s+"([^"]+)"/.exec(word)?.[1] ?? '';
      }
      depth += 1;
    } else if (/^\{\{-?\s*end\b/.test(word)) {
      depth -= 1;
      if (depth === 0) found.set(name, text.slice(begun, match.index + word.length));
    }
  }
  return found;
}

const definitions = definitionsOf(messageTemplates());

/** A text with all definitions that it calls, directly or not, before it. */
export function withWords(text: string): string {
  const needed = new Set<string>();
  const visit = (part: string): void => {
    for (const [, name = ''] of part.matchAll(called)) {
      const body = definitions.get(name);
      if (body === undefined || needed.has(name)) continue;
      needed.add(name);
      visit(body);
    }
  };
  visit(text);
  return [...needed].map(name => definitions.get(name) ?? '').join('') + text;
}
