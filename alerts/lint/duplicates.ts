import type { Check, Rule } from './model.ts';

/** Two rules of one name and the same labels are one series, or one alert, made twice. */
export const duplicates: Check = {
  name: 'duplicate',
  remedy: 'remove one, or tell them apart by a label',
  look: (rule, { rules }) => {
    const first = rules.find(each => each.kind === rule.kind && each.name === rule.name && idOf(each) === idOf(rule));
    if (first === undefined || first === rule) return [];
    const place = `${first.file}, line ${first.lines[''] ?? 1}`;
    return [{ sentence: `${rule.name} with the same labels is in ${place} already` }];
  },
};

const idOf = ({ labels }: Rule): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
