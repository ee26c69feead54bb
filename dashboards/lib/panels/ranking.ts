import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeSizing,
  BarGaugeValueMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Judgement } from '../colours.ts';
import { type Query, sortDescending, topk } from '../promql.ts';
import {
  colourBy,
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
import { once } from './targets.ts';

interface BarsOptions extends PanelOptions {
  readonly thresholds?: readonly Threshold[];
  readonly otherwise?: Judgement;
  /** What fills a bar; the greatest value does unless it is given. */
  readonly most?: number;
  readonly links?: () => readonly DashboardLinkBuilder[];
  readonly whenEmpty?: string;
}

interface RankingOptions extends BarsOptions {
  readonly query: Query;
  /** What each bar is called: text with `{{label}}`. */
  readonly name: string;
  /** What a reader sees in place of a bar's name; others stay as they are. */
  readonly words?: Words;
  /** How many bars. */
  readonly limit?: number;
}

/** Grafana gives names the room of the one with the most letters, and cuts what is wider; spaces at the end are not drawn. */
const room = '   ';

/** Horizontal bars, greatest first. */
export function ranking({ limit = 12, ...options }: RankingOptions): Panel {
  const named = { query: sortDescending(topk(limit, options.query)), name: options.name };
  labelsIn(named);
  // Grafana leaves the name of a single bar away, unless it is told
  const displayName = options.name.replace(/\{\{\s*(\w+)\s*\}\}/g, `\${__field.labels.$1}`);
  return bars(options, [named], builder => {
    builder.displayName(`${displayName}${room}`);
    // an override by name doesn't find a bar whose name the panel itself states
    for (const [name, text] of Object.entries(options.words ?? {}))
      builder.withTransformation({
        id: 'renameByRegex',
        options: { regex: `^${name}$`, renamePattern: `${text}${room}` },
      });
  });
}

/** Horizontal bars in the order they are listed: of what has an order of its own, such as ages and severities. */
export const ordered = (options: BarsOptions & { readonly bars: readonly OrderedBar[] }): Panel =>
  bars(
    options,
    options.bars.map(({ query, name }) => ({ query, name: `${name}${room}` })),
    () => {},
  );

/** A bar that has its value from one series. */
interface OrderedBar {
  readonly query: Query<never>;
  readonly name: string;
}

function bars(
  { thresholds = [], otherwise = 'neutral', ...options }: BarsOptions,
  queries: readonly NamedQuery[],
  refine: (builder: BarGaugeBuilder) => void,
): Panel {
  const { unit, decimals } = formatFor(
    options,
    queries.map(each => each.query),
  );
  return panel(options, { width: 8, height: 10 }, () => {
    const builder = new BarGaugeBuilder()
      .unit(unit)
      .min(0)
      .noValue(options.whenEmpty ?? 'no data yet')
      .orientation(VizOrientation.Horizontal)
      .displayMode(BarGaugeDisplayMode.Basic)
      .valueMode(BarGaugeValueMode.Text)
      .namePlacement(BarGaugeNamePlacement.Left)
      .showUnfilled(false)
      // one bar of its own accord fills the panel
      .sizing(BarGaugeSizing.Manual)
      .minVizHeight(16)
      .maxVizHeight(30)
      // left to itself Grafana sizes text by the bar, and cuts names
      .text(new VizTextDisplayOptionsBuilder().titleSize(12).valueSize(12))
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
      .colorScheme(colourBy('thresholds'))
      .thresholds(thresholdsOf(thresholds, otherwise))
      .targets(queries.map(once));
    if (decimals !== undefined) builder.decimals(decimals);
    if (options.most !== undefined) builder.max(options.most);
    refine(builder);
    if (options.links !== undefined) builder.dataLinks([...options.links()]);
    return builder;
  });
}
