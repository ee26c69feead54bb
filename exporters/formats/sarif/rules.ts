/** A run's rules, of its driver and its extensions, and how a result refers to one (3.27.5 to 3.27.7, 3.52). */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../json.ts';

export interface SarifRules {
  /** The rule's id as the result says it, the rule it points to or the message does; undefined where none is. */
  readonly of: (result: JsonObject) => { readonly id: string; readonly rule: JsonObject | undefined } | undefined;
}

export function rulesOf(run: JsonObject): SarifRules {
  const tool = objectOf(run.tool);
  const driver = objectOf(tool.driver);
  const extensions = listOf(tool.extensions).map(objectOf);
  const listed = new Map<JsonObject, readonly unknown[]>();
  const byId = new Map<string, JsonObject>();
  for (const component of [driver, ...extensions]) {
    const rules = listOf(component.rules);
    listed.set(component, rules);
    for (const rule of rules) {
      const id = isObject(rule) ? wordOf(rule.id) : undefined;
      if (id !== undefined && !byId.has(id)) byId.set(id, rule as JsonObject);
    }
  }
  const componentOf = (reference: JsonObject): JsonObject | undefined => {
    const { index, name } = objectOf(reference.toolComponent);
    if (typeof index === 'number') return extensions[index];
    return typeof name === 'string' ? extensions.find(one => one.name === name) : driver;
  };
  // Some tools name the rule in the message alone: the longest name that it begins with.
  const named = (message: string) => {
    let found: { readonly id: string; readonly rule: JsonObject } | undefined;
    for (const [id, rule] of byId)
      if (id.length > (found?.id.length ?? 2) && message.startsWith(`${id} `)) found = { id, rule };
    return found;
  };
  return {
    of: result => {
      const reference = objectOf(result.rule);
      const component = componentOf(reference);
      const index = [result.ruleIndex, reference.index].find(one => typeof one === 'number' && one >= 0);
      const pointed = component === undefined || typeof index !== 'number' ? undefined : listed.get(component)?.[index];
      const said = wordOf(result.ruleId) ?? wordOf(reference.id);
      const id = said ?? (isObject(pointed) ? wordOf(pointed.id) : undefined);
      if (id === undefined) return named(wordOf(objectOf(result.message).text) ?? '');
      // A hierarchical id (CA1000/1) is of the rule of its beginning (3.5.4).
      const rule = isObject(pointed) ? pointed : (byId.get(id) ?? byId.get(id.split('/', 1)[0]!));
      return { id, rule };
    },
  };
}
