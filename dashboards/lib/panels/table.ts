import type { DashboardLinkBuilder, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Query } from '../promql.ts';
import type { PanelUnit } from '../units.ts';
import {
  colourBy,
  fieldNamed,
  formatFor,
  mappingOf,
  type Panel,
  type PanelOptions,
  panel,
  type Texts,
  type Threshold,
  thresholdsOf,
  unknownMapping,
  type Words,
  wordsMapping,
  zeroMapping,
} from './panel.ts';
import { asTable, refId } from './targets.ts';

/** A column that shows a label. */
interface LabelColumn<Label extends string> {
  readonly label: Label;
  readonly title: string;
  /** Where a click on a cell leads. */
  readonly links?: () => readonly DashboardLinkBuilder[];
  /** What a reader sees in place of the label's value; others stay as they are. */
  readonly words?: Words;
  /** Pixels, where its values are short and others need the room. */
  readonly width?: number;
}

/** A column that shows a query's value; the first is what the table is sorted by. */
interface ValueColumn<Label extends string> {
  readonly query: Query<Label>;
  readonly title: string;
  readonly unit?: PanelUnit;
  readonly thresholds?: readonly Threshold[];
  /** Words in place of some values. */
  readonly texts?: Texts;
}

interface TableOptions<Label extends string> extends Omit<PanelOptions, 'unit'> {
  readonly columns: readonly LabelColumn<NoInfer<Label>>[];
  readonly values: readonly [ValueColumn<Label>, ...ValueColumn<Label>[]];
  /** Which values of the first column of them come first; the greatest unless given. */
  readonly first?: 'greatest' | 'least';
  readonly whenEmpty?: string;
  /** Small numbers in many columns: each has the room of its title. */
  readonly compact?: boolean;
  /** The column whose names it is sorted by instead. */
  readonly sortedBy?: string;
}

/** Pixels of the longest that is usual: `11.0 weeks`, `347,930.03`. */
const longNumbers: Partial<Readonly<Record<PanelUnit, number>>> = { seconds: 88, currency: 92 };

/** Pixels: a number needs little, unless it or its title is long, and names have the rest. */
const numberWidth = (
  { title, unit, query, texts = {} }: ValueColumn<string>,
  isSorted: boolean,
  { least, letter, edge }: Room,
) =>
  Math.max(
    least,
    longNumbers[unit ?? query.unit ?? 'count'] ?? 0,
    Math.ceil(title.length * letter) + edge + (isSorted ? 18 : 0),
    ...Object.values(texts).map(({ text }) => text.length * 7 + 22),
  );

/** What a column of numbers is given, from plenty to what it needs at least. */
interface Room {
  readonly least: number;
  readonly letter: number;
  readonly edge: number;
}
const plenty = { least: 105, letter: 8, edge: 26 } as const;
const rooms: readonly Room[] = [plenty, { ...plenty, least: 86 }, { least: 70, letter: 7.6, edge: 28 }];
/** What a name wants, so that it is not cut at 1280 pixels; on a wider screen it gets what is left. */
const nameWidth = 150;
const longNames: Readonly<Record<string, number>> = { requirement: 258 };

/** The first room of numbers that leaves names theirs on a screen of 1280 pixels, where a column of the grid has 52. */
function roomOf({ columns, values, width = 12, compact = false }: TableOptions<string>): Room {
  const wanted = columns
    .filter(each => (each.width ?? shortLabels[each.label]) === undefined)
    .reduce((sum, each) => sum + (longNames[each.label] ?? nameWidth), 0);
  const fixed = columns.reduce((sum, each) => sum + (each.width ?? shortLabels[each.label] ?? 0), 0);
  const left = (room: Room) =>
    values.reduce((rest, each, at) => rest - numberWidth(each, at === 0, room), width * 52 - 26 - fixed);
  const offered = compact ? rooms.slice(1) : rooms;
  return offered.find(room => left(room) >= wanted) ?? offered.at(-1)!;
}
/** Pixels of labels whose values are few and short, so that names are not cut for them. */
const shortLabels: Readonly<Record<string, number>> = {
  environment: 115,
  mode: 105,
  status: 150,
  year: 70,
  band: 90,
  currency: 90,
  engine: 115,
  enforcement: 80,
  severity: 95,
  readiness: 170,
  survey: 130,
  wave: 120,
  minimum_group: 50,
  quarter: 95,
  rank: 70,
};
/** In place of a value that is not known, which is not 0. */
const noCell = '–';
const colouredText: DynamicConfigValue = { id: 'custom.cellOptions', value: { type: 'color-text' } };

/** A table with a row per label set. The queries keep exactly the labels that are columns, so that their rows meet. */
export function table<Label extends string>(options: TableOptions<Label>): Panel {
  const { columns, values, title, sortedBy, first: comesFirst = 'greatest' } = options;
  const room = roomOf(options);
  const labels = columns.map(column => column.label).sort();
  const stray = values.find(({ query }) => query.target || [...query.labels].sort().join() !== labels.join());
  if (stray !== undefined)
    throw new Error(`panel "${title}" has the columns ${labels.join(', ')}, but "${stray.title}" keeps other labels`);
  const formats = values.map(value => formatFor({ ...options, ...value }, [value.query]));
  const valueFields = values.map((_, index) => (values.length === 1 ? 'Value' : `Value #${refId(index)}`));
  const [first] = formats;
  return panel(options, { width: 12, height: 10 }, () => {
    const builder = new TableBuilder()
      .unit(first!.unit)
      .noValue(options.whenEmpty ?? 'nothing to list')
      // a reader with a narrow screen sees all columns, and doesn't guess that more are to the right
      .minWidth(60)
      .colorScheme(colourBy('thresholds'))
      .thresholds(thresholdsOf([], 'neutral'))
      .sortBy([
        {
          build: () => ({
            displayName: sortedBy ?? values[0].title,
            desc: sortedBy === undefined && comesFirst === 'greatest',
          }),
        },
      ])
      .targets(values.map((value, index) => asTable(value.query, index)));
    if (values.length > 1) builder.withTransformation({ id: 'merge', options: {} });
    builder.withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(
          [...columns.map(each => each.label), ...valueFields].map((name, i) => [name, i]),
        ),
        renameByName: Object.fromEntries([
          ...columns.map(each => [each.label, each.title]),
          ...values.map((each, index) => [valueFields[index], each.title]),
        ]),
      },
    });
    // a cell without a value would else repeat what an empty table says
    builder.withOverride({
      matcher: { id: 'byRegexp', options: '.*' },
      properties: [{ id: 'noValue', value: noCell }],
    });
    // a label is text: an account's number or a year would else be shown in the unit of the values
    builder.withOverride({
      matcher: { id: 'byType', options: 'string' },
      properties: [{ id: 'unit', value: 'string' }],
    });
    for (const { label, title: name, links, words, width = shortLabels[label] } of columns) {
      const properties: DynamicConfigValue[] = [];
      if (width !== undefined) properties.push({ id: 'custom.width', value: width });
      if (words !== undefined) properties.push({ id: 'mappings', value: [wordsMapping(words)] });
      if (links !== undefined) properties.push({ id: 'links', value: links().map(each => each.build()) });
      if (properties.length > 0) builder.withOverride(fieldNamed(name, properties));
    }
    values.forEach((value, index) => {
      const { title: name, query, thresholds, texts } = value;
      const { unit, decimals } = formats[index]!;
      const properties: DynamicConfigValue[] = [
        { id: 'unit', value: unit },
        { id: 'custom.width', value: numberWidth(value, index === 0, room) },
      ];
      if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
      const mappings = [
        ...(texts === undefined ? [] : [mappingOf(texts)]),
        ...(query.unit === 'currency' ? [zeroMapping(decimals ?? 0)] : []),
        ...(texts === undefined && thresholds === undefined ? [] : [unknownMapping(noCell)]),
      ];
      if (mappings.length > 0) properties.push({ id: 'mappings', value: mappings });
      if (texts !== undefined) properties.push(colouredText);
      if (thresholds !== undefined)
        properties.push({ id: 'thresholds', value: thresholdsOf(thresholds, 'neutral').build() }, colouredText);
      builder.withOverride(fieldNamed(name, properties));
    });
    return builder;
  });
}
