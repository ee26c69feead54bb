/** Sloth's examples with the rules that Sloth has made of them. */
import type { TestContext } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { type Imported, importSlos } from '../../../../alerts/slo/import/index.ts';
import { corpusFiles } from './corpus.ts';

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly expr: string }[];
}

export interface Pair {
  readonly name: string;
  readonly imported: Imported;
  readonly groups: readonly RuleGroup[];
}

/** Undefined after skipping the test. */
export function slothPairs(t: TestContext): readonly Pair[] | undefined {
  const specs = corpusFiles(t, 'sloth/examples/*.y*ml');
  const rules = corpusFiles(t, 'sloth/examples/_gen/*.y*ml');
  if (!specs || !rules) return undefined;
  return specs.flatMap(spec => {
    const name = spec.name.slice('sloth/examples/'.length);
    const made = rules.find(each => each.name === `sloth/examples/_gen/${name}`);
    return made === undefined ? [] : [{ name, imported: importSlos([spec]), groups: groupsOf(made.text) }];
  });
}

/** Rule files, and those within the resources of the Prometheus operator. */
function groupsOf(text: string): readonly RuleGroup[] {
  const documents = parseAllDocuments(text);
  return (Array.isArray(documents) ? documents : []).flatMap(document => {
    const value = document.toJS() as { groups?: RuleGroup[]; spec?: { groups?: RuleGroup[] } } | null;
    return value?.groups ?? value?.spec?.groups ?? [];
  });
}
