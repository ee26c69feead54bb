import {
  BarAlignment,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { coloursFor } from '../colours.ts';
import {
  colourBy,
  fieldNamed,
  formatFor,
  labelsIn,
  type NamedQuery,
  type Panel,
  type PanelOptions,
  panel,
  type Threshold,
  thresholdsOf,
  type Words,
} from './panel.ts';
import { overTime } from './targets.ts';

interface OverTimeOptions extends PanelOptions {
  readonly queries: readonly NamedQuery[];
  /** What a reader sees in place of a series' name; others stay as they are. */
  readonly words?: Words;
  /** Shown where there is nothing to draw. */
  readonly whenEmpty?: string;
  /** Where a click on a series leads. */
  readonly links?: () => readonly DashboardLinkBuilder[];
  /** A 0 is worth reading, and shown beside others: where what is absent is not 0. */
  readonly tellsZeros?: boolean;
  /** The axis reaches as far at least: 1 where a share of all is told. */
  readonly most?: number;
  /** Two series by name with the room between them filled: an interval. */
  readonly between?: readonly [lower: string, upper: string];
}

/** Stacked bars, one per UTC day, with each series' total over the time range. */
export function days(options: OverTimeOptions): Panel {
  const stray = options.queries.find(each => !each.query.byDay);
  if (stray !== undefined)
    throw new Error(`panel "${options.title}" draws days, but "${stray.name}" isn't a query of days`);
  return draw(options, builder =>
    builder
      .drawStyle(GraphDrawStyle.Bars)
      // a bar begins where its day does, as the axis reads
      .barAlignment(BarAlignment.After)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
      .fillOpacity(85)
      .lineWidth(0)
      .interval('1d')
      // a year of days is asked whole on a narrow screen too, where Grafana would widen the step
      .maxDataPoints(1100)
      .legend(legend(options, ['sum'], 'Total')),
  );
}

/** Lines: how values move, with a dashed line at each threshold. */
export function lines(options: OverTimeOptions & { readonly thresholds?: readonly Threshold[] }): Panel {
  return draw(options, builder =>
    builder
      .drawStyle(GraphDrawStyle.Line)
      .lineWidth(2)
      .fillOpacity(0)
      // a line of one sample would not be seen
      .showPoints(VisibilityMode.Auto)
      .thresholds(thresholdsOf(options.thresholds ?? [], 'neutral'))
      .thresholdsStyle(
        new GraphThresholdsStyleConfigBuilder().mode(
          options.thresholds === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed,
        ),
      )
      .legend(legend(options, ['lastNotNull'], 'Last *')),
  );
}

function draw(options: OverTimeOptions, style: (builder: TimeseriesBuilder) => TimeseriesBuilder): Panel {
  const { queries, links } = options;
  const format = formatFor(
    options,
    queries.map(each => each.query),
  );
  const colours = Object.entries(
    coloursFor(
      queries.flatMap(labelsIn),
      queries.map(each => each.name),
    ),
  );
  return panel(options, { width: 12, height: 10 }, () => {
    const builder = style(new TimeseriesBuilder())
      .unit(format.unit)
      .noValue(options.whenEmpty ?? 'no data')
      .colorScheme(colourBy('series'))
      // bars and lines that don't begin at 0 mislead; "soft" lets credits go below
      .axisSoftMin(0)
      .tooltip(
        new VizTooltipOptionsBuilder()
          .mode(TooltipDisplayMode.Multi)
          .sort(SortOrder.Descending)
          .hideZeros(options.tellsZeros !== true),
      )
      .targets(queries.map(overTime));
    if (format.decimals !== undefined) builder.decimals(format.decimals);
    if (options.most !== undefined) builder.axisSoftMax(options.most);
    if (links !== undefined) builder.dataLinks([...links()]);
    for (const [name, text] of Object.entries(options.words ?? {}))
      builder.withTransformation({ id: 'renameByRegex', options: { regex: `^${name}$`, renamePattern: text } });
    for (const [name, colour] of colours)
      builder.withOverride(
        fieldNamed(options.words?.[name] ?? name, [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }]),
      );
    if (options.between !== undefined) {
      const [lower, upper] = options.between;
      builder.withOverride(
        fieldNamed(upper, [
          { id: 'custom.fillBelowTo', value: lower },
          { id: 'custom.fillOpacity', value: 20 },
          { id: 'custom.lineWidth', value: 1 },
        ]),
      );
      builder.withOverride(fieldNamed(lower, [{ id: 'custom.lineWidth', value: 1 }]));
    }
    return builder;
  });
}

/** Beside a chart that has the page's whole width; below others, which it would leave no room. */
const legend = ({ width = 0 }: PanelOptions, calculations: string[], sortBy: string) =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(width < 24 ? LegendPlacement.Bottom : LegendPlacement.Right)
    .calcs(calculations)
    .sortBy(sortBy)
    .sortDesc(true);
