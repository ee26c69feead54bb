import {
  type DashboardLinkBuilder,
  type DynamicConfigValue,
  MappingType,
  SpecialValueMatch,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { type Judgement, unknownColour } from '../colours.ts';
import type { Query } from '../promql.ts';
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
  type Words,
  wordsMapping,
} from './panel.ts';
import { asTable } from './targets.ts';

interface MatrixOptions<Label extends string> extends PanelOptions {
  /** Keeps the labels of `rows` and `columns` and no others. */
  readonly query: Query<Label>;
  readonly rows: {
    readonly label: NoInfer<Label>;
    readonly title: string;
    readonly words?: Words;
    /** Where a click on a row's name leads. */
    readonly links?: () => readonly DashboardLinkBuilder[];
    /** Pixels: names are sentences unless it is given, and the columns share the rest. */
    readonly width?: number;
  };
  readonly columns: NoInfer<Label>;
  /** Where a click on a cell leads; its column's name is the field's. */
  readonly cellLinks?: () => readonly DashboardLinkBuilder[];
  /** Words in place of some values. */
  readonly texts?: Texts;
  /** Colours the cells. */
  readonly thresholds: readonly Threshold[];
  /** What a value below the first threshold is. */
  readonly otherwise?: Judgement;
  readonly whenEmpty?: string;
}

/** A cell that has no value. */
const nothing = { match: SpecialValueMatch.NullAndNan, result: { text: '–', color: unknownColour } };

const rowWidth = 290;

/** A table with a row per value of one label and a column per value of another, in the order of their names. */
export function matrix<Label extends string>(options: MatrixOptions<Label>): Panel {
  const { query, rows, columns, title, thresholds, otherwise = 'good' } = options;
  const labels = [rows.label, columns].sort().join();
  if (query.target || [...query.labels].sort().join() !== labels)
    throw new Error(`panel "${title}" crosses ${labels}, but its query keeps other labels`);
  const { unit, decimals } = formatFor(options, [query]);
  // what Grafana calls the column of the rows' names
  const corner = `${rows.label}\\${columns}`;
  return panel(options, { width: 24, height: 12 }, () => {
    const first: DynamicConfigValue[] = [
      { id: 'displayName', value: rows.title },
      { id: 'custom.width', value: rows.width ?? rowWidth },
      { id: 'custom.cellOptions', value: { type: 'auto' } },
      { id: 'unit', value: 'string' },
    ];
    if (rows.words !== undefined) first.push({ id: 'mappings', value: [wordsMapping(rows.words)] });
    if (rows.links !== undefined) first.push({ id: 'links', value: rows.links().map(each => each.build()) });
    const builder = new TableBuilder()
      .unit(unit)
      .noValue(options.whenEmpty ?? 'nothing to list')
      .minWidth(60)
      .colorScheme(colourBy('thresholds'))
      .thresholds(thresholdsOf(thresholds, otherwise))
      .targets([asTable(query, 0)])
      .withTransformation({
        id: 'groupingToMatrix',
        options: { columnField: columns, rowField: rows.label, valueField: 'Value', emptyValue: 'null' },
      })
      .withTransformation({ id: 'sortBy', options: { fields: {}, sort: [{ field: corner }] } });
    if (decimals !== undefined) builder.decimals(decimals);
    const words = options.texts === undefined ? [] : [mappingOf(options.texts)];
    const cells: DynamicConfigValue[] = [
      { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
      { id: 'custom.align', value: 'center' },
      // else it has the colour of a value below all thresholds
      { id: 'mappings', value: [...words, { type: MappingType.SpecialValue, options: nothing }] },
    ];
    if (options.cellLinks !== undefined)
      cells.push({ id: 'links', value: options.cellLinks().map(each => each.build()) });
    builder.withOverride({ matcher: { id: 'byType', options: 'number' }, properties: cells });
    return builder.withOverride(fieldNamed(corner, first));
  });
}
