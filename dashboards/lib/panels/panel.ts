import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  type DashboardLinkBuilder,
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type FieldConfigSource,
  type GridPos,
  MappingType,
  type Panel as PanelJson,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { type Judgement, judgement, unknownText } from '../colours.ts';
import type { Query } from '../promql.ts';
import { formatOf, type PanelUnit, type UnitFormat } from '../units.ts';

/** What the SDK's panel builders have in common and the dashboard sets on each. */
export interface PanelBuilder extends Builder<PanelJson> {
  id(id: number): PanelBuilder;
  title(title: string): PanelBuilder;
  description(description: string): PanelBuilder;
  datasource(datasource: DataSourceRef): PanelBuilder;
  gridPos(gridPos: GridPos): PanelBuilder;
  targets(targets: DataqueryBuilder[]): PanelBuilder;
  withOverride(override: FieldConfigSource['overrides'][number]): PanelBuilder;
  links(links: DashboardLinkBuilder[]): PanelBuilder;
}

/** A panel as a value: placed, numbered and printed by the dashboard that lists it. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  /** Columns of the grid's 24. */
  readonly width: number;
  /** Grid rows of 30 pixels. */
  readonly height: number;
  /** Where its title leads; a big number leads there itself. */
  readonly more?: () => readonly DashboardLinkBuilder[];
  /** Fresh builders at each call, since a builder hands out its live object. */
  readonly draw: () => PanelBuilder;
}

/** What every kind of panel takes. */
export interface PanelOptions {
  /** May hold variables; money says its currency here. */
  readonly title: string;
  /** The question that the panel answers, and what a reader has to know to trust it. */
  readonly description: string;
  readonly width?: number;
  readonly height?: number;
  /** Needed where arithmetic left none that a metric states. */
  readonly unit?: PanelUnit;
  /** Where its title leads, and a big number itself: to what it counts, one by one. */
  readonly more?: () => readonly DashboardLinkBuilder[];
}

/** A query and the name of its series: text, with `{{label}}` for a label's value. */
export interface NamedQuery {
  readonly query: Query;
  readonly name: string;
}

/** From this value on, up to the next threshold's. */
export interface Threshold {
  readonly from: number;
  readonly is: Judgement;
}

/** What a reader sees in place of a number. */
export type Texts = Readonly<Record<number, { readonly text: string; readonly is: Judgement }>>;

/** What a reader sees in place of a label's value; `''` is a label that is absent. */
export type Words = Readonly<Record<string, string>>;

/** A builder's value mapping of such words, in no colour of their own. */
export const wordsMapping = (words: Words): ValueMapping => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(Object.entries(words).map(([value, text], index) => [value, { text, index }])),
});

/** A builder's value mapping of such texts. */
export const mappingOf = (texts: Texts): ValueMapping => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries(texts).map(([value, { text, is }], index) => [value, { text, color: judgement[is], index }]),
  ),
});

/** A builder's value mapping of what has no value: the words, in no colour of a threshold, since what is not known is neither good nor bad. */
export const unknownMapping = (text: string): ValueMapping => ({
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text, color: unknownText, index: 99 } },
});

/** A builder's value mapping of what rounds to nothing, which would else be "-0". */
export const zeroMapping = (decimals: number): ValueMapping => ({
  type: MappingType.RangeToText,
  options: { from: -0.5 / 10 ** decimals, to: 0, result: { text: '0', index: 98 } },
});

/** A frozen panel. Throws where the title or the description is missing. */
export function panel(
  { title, description, width, height, more }: PanelOptions,
  size: { readonly width: number; readonly height: number },
  draw: () => PanelBuilder,
): Panel {
  if (title.trim() === '') throw new Error('a panel has no title');
  if (description.trim() === '') throw new Error(`panel "${title}" has no description: say which question it answers`);
  return Object.freeze({
    ...{ title, description, width: width ?? size.width, height: height ?? size.height, draw },
    ...(more === undefined ? {} : { more }),
  });
}

/** The format that a panel's queries agree on. Throws where they have none or several and the panel states none. */
export function formatFor({ title, unit }: PanelOptions, queries: readonly Query[]): UnitFormat {
  if (unit !== undefined) return formatOf(unit);
  const units = new Set(queries.map(query => query.unit));
  const [only] = units;
  if (only === undefined || units.size > 1)
    throw new Error(`panel "${title}" has no unit: its queries have ${[...units].map(String).join(' and ')}`);
  return formatOf(only);
}

/** The labels in a series name; throws for one that the query's result doesn't have. */
export function labelsIn({ query, name }: NamedQuery): readonly string[] {
  const labels = [...name.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(match => match[1]!);
  const missing = labels.find(label => !query.labels.includes(label));
  if (missing !== undefined)
    throw new Error(`the series name "${name}" reads ${missing}, which its query doesn't keep`);
  return labels;
}

/** A builder's thresholds, in the judgements' colours; without any, the neutral one. */
export const thresholdsOf = (thresholds: readonly Threshold[], base: Judgement) =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: judgement[base] },
      ...thresholds.map(each => ({ value: each.from, color: judgement[each.is] })),
    ]);

/** Colours by threshold, or by the series' place where the panel draws several. */
export const colourBy = (mode: 'thresholds' | 'series') =>
  new FieldColorBuilder().mode(mode === 'series' ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds);

/** An override of the field with a name. */
export const fieldNamed = (name: string, properties: DynamicConfigValue[]) => ({
  matcher: { id: 'byName', options: name },
  properties,
});
