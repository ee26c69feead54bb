/** Checks of what a rule says: its labels and annotations. */
import { keptBy, mayHave } from './labels.ts';
import type { Check, Remark, Rule } from './model.ts';
import { readTemplate, type Template } from './templates.ts';

interface Field {
  readonly field: string;
  readonly text: string;
  readonly template: Template;
}

/** Of an alert; a recording rule's labels are no templates. */
function templatesOf({ kind, labels, annotations }: Rule): readonly Field[] {
  if (kind === 'record') return [];
  const fields = { labels, annotations };
  return Object.entries(fields).flatMap(([name, texts]) =>
    Object.entries(texts).map(([key, text]) => ({ field: `${name}.${key}`, text, template: readTemplate(text) })),
  );
}

const faults: Check = {
  name: 'template-invalid',
  remedy: 'correct the template; Prometheus does not load the file, or sends the fault in place of the text',
  look: rule => templatesOf(rule).flatMap(({ field, template }) => template.faults.map(fault => ({ field, ...fault }))),
};

const value: Check = {
  name: 'value-in-labels',
  remedy: 'say the value in an annotation; labels tell one alert from another',
  look: rule =>
    templatesOf(rule)
      .filter(({ field }) => field.startsWith('labels.'))
      .flatMap(({ field, template }) =>
        template.values.map(({ offset }) => ({
          field,
          offset,
          sentence: `${field} changes with the value, so that each evaluation makes another alert and for starts anew`,
        })),
      ),
};

const missing: Check = {
  name: 'template-label-missing',
  remedy: 'keep the label in the expression (by, on, group_left), or leave it out of the text',
  look: (rule, world) => {
    if (rule.parsed === undefined) return [];
    const kept = keptBy(rule.parsed, rule.parsed.root, world);
    return templatesOf(rule).flatMap(({ field, template }) =>
      template.labels
        .filter(({ name }) => !mayHave(kept, name))
        .map(({ name, offset }): Remark => {
          const own = rule.labels[name] === undefined ? '' : ' (the rule adds it, but $labels are those of the series)';
          return { field, offset, sentence: `no series of the expression has the label ${name}${own}` };
        }),
    );
  },
};

const required: Check = {
  name: 'required-missing',
  remedy: 'add it: an alert has to say how urgent it is, whose, what happened, and what to do',
  look: (rule, { options }) => {
    if (rule.kind === 'record') return [];
    const lacks = (kind: 'label' | 'annotation', names: readonly string[], has: Readonly<Record<string, string>>) =>
      names.filter(name => !has[name]?.trim()).map(name => ({ sentence: `${rule.name} has no ${kind} ${name}` }));
    return [
      ...lacks('label', options.required.labels, rule.labels),
      ...lacks('annotation', options.required.annotations, rule.annotations),
    ];
  },
};

export const wordChecks: readonly Check[] = [faults, value, missing, required];
