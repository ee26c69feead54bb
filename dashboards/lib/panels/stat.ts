import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { Judgement } from '../colours.ts';
import type { Query } from '../promql.ts';
import {
  colourBy,
  formatFor,
  labelsIn,
  mappingOf,
  type Panel,
  type PanelOptions,
  panel,
  type Texts,
  type Threshold,
  thresholdsOf,
  unknownMapping,
  zeroMapping,
} from './panel.ts';
import { once } from './targets.ts';

interface StatOptions extends PanelOptions {
  readonly query: Query;
  /** Names the value by a label, where it is one of several. */
  readonly name?: string;
  /** What is told is the name, and the value says nothing. */
  readonly nameAlone?: boolean;
  readonly thresholds?: readonly Threshold[];
  /** Words in place of some values. */
  readonly texts?: Texts;
  /** What a value below the first threshold is. */
  readonly otherwise?: Judgement;
  readonly decimals?: number;
  /** Shown where there is no value: why not, and what to do about it. */
  readonly whenEmpty?: string;
}

/** One big number: the answer now. */
export function stat({ thresholds = [], otherwise = 'neutral', more, ...options }: StatOptions): Panel {
  const { query, name = '', whenEmpty = 'no data yet' } = options;
  const { unit, decimals } = formatFor(options, [query]);
  const named = { query, name };
  labelsIn(named);
  const shownDecimals = options.decimals ?? decimals;
  const draw = () => {
    const builder = new StatBuilder()
      .unit(unit)
      .noValue(whenEmpty)
      .graphMode(BigValueGraphMode.None)
      .colorMode(BigValueColorMode.Value)
      .textMode(textMode(name, options.nameAlone))
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
      .colorScheme(colourBy('thresholds'))
      .thresholds(thresholdsOf(thresholds, otherwise))
      .mappings([
        ...(options.texts === undefined ? [] : [mappingOf(options.texts)]),
        ...(query.unit === 'currency' ? [zeroMapping(shownDecimals ?? 0)] : []),
        unknownMapping(whenEmpty),
      ])
      .targets([once(named, 0)]);
    // the number itself leads on: a link of the title would take the title's room
    if (more !== undefined) builder.dataLinks([...more()]);
    return shownDecimals === undefined ? builder : builder.decimals(shownDecimals);
  };
  return panel(options, { width: 4, height: 4 }, draw);
}

const textMode = (name: string, nameAlone = false): BigValueTextMode => {
  if (name === '') return BigValueTextMode.Value;
  return nameAlone ? BigValueTextMode.Name : BigValueTextMode.ValueAndName;
};
