import {
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLinkBuilder,
  DashboardLinkPlacement,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Annotation, annotationsOff } from './annotations.ts';
import type { DashboardJson } from './json.ts';
import {
  experiencePage,
  linksToPages,
  linkToTeamPage,
  overviewTag,
  pagesOfOne,
  pageTag,
  sloPage,
  teamPage,
} from './links.ts';
import type { Panel, PanelBuilder } from './panels.ts';
import { assertSound } from './sound.ts';
import { type DashboardVariable, datasource, datasourceVariable } from './variables.ts';

interface Row {
  readonly title: string;
  /** Closed until a reader opens it, and asks nothing before. */
  readonly closed: boolean;
  readonly panels: readonly Panel[];
}

interface DashboardOptions {
  /** Also the page's address, `/d/UID`, and its file's name. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: readonly DashboardVariable[];
  readonly rows: readonly Row[];
  /** Beside those to the other pages. */
  readonly links?: readonly DashboardLinkBuilder[];
  /** Marks on the time axis. */
  readonly annotations?: readonly Annotation[];
  /** Relative, such as `now-90d`; up to now. */
  readonly from: string;
}

const gridWidth = 24;

/**
 * The choices of a page that its links to another hand on, where it has them. To a team's page those that hold for any
 * team: a service of another one would leave it empty.
 */
const carried: Readonly<Record<string, readonly string[]>> = {
  [teamPage]: ['currency', 'cost_basis', 'environment'],
  [sloPage]: ['team'],
  [experiencePage]: ['team'],
};

/** A row of panels under a title: they flow from left to right and break where the grid's 24 columns are full. */
export const row = (title: string, ...panels: readonly Panel[]): Row => Object.freeze({ title, closed: false, panels });

/** A row that is closed at first: details, for who looks for them. */
export const details = (title: string, ...panels: readonly Panel[]): Row =>
  Object.freeze({ title, closed: true, panels });

/**
 * The dashboard's JSON: panels placed and numbered, links and data source set. Throws where it isn't sound: a panel
 * without unit or description, overlapping or unplaced panels, a title twice in a row, a variable that isn't listed.
 */
export function dashboard({
  uid,
  title,
  description,
  tags,
  variables,
  rows,
  links = [],
  annotations = [],
  from,
}: DashboardOptions): DashboardJson {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([pageTag, ...(pagesOfOne.has(uid) ? [] : [overviewTag]), ...tags])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from, to: 'now' })
    .refresh('15m')
    .variables([datasourceVariable(), ...variables.map(variable => variable.draw())])
    .annotation(annotationsOff())
    .link(linksToPages());
  const names = variables.map(each => each.name);
  if (uid !== teamPage) builder.link(linkToTeamPage(names.filter(name => carried[teamPage]?.includes(name))));
  for (const link of links) builder.link(link);
  for (const annotation of annotations) builder.annotation(annotation.draw());
  let id = 0;
  let top = 0;
  for (const { title: rowTitle, closed, panels } of rows) {
    const drawnRow = new RowBuilder(rowTitle).id(++id).gridPos({ x: 0, y: top++, w: gridWidth, h: 1 });
    // the panels of a closed row stand inside it, placed as they will be once it is open
    const below = top;
    const open: PanelBuilder[] = [];
    let left = 0;
    let tallest = 0;
    for (const panel of panels) {
      const { width, height } = panel;
      if (left + width > gridWidth) {
        top += tallest;
        left = 0;
        tallest = 0;
      }
      const drawn = panel.draw().id(++id).title(panel.title).description(panel.description).datasource(datasource);
      if (panel.more !== undefined) drawn.links([...panel.more()]);
      const placed = drawn.gridPos({ x: left, y: top, w: width, h: height });
      if (closed) drawnRow.withPanel(placed);
      else open.push(placed);
      left += width;
      tallest = Math.max(tallest, height);
    }
    top = closed ? below : top + tallest;
    builder.withRow(drawnRow.collapsed(closed));
    for (const each of open) builder.withPanel(each);
  }
  const json = plain(carrying(names, builder.build())) as DashboardJson;
  assertSound(json);
  return json;
}

/** A copy whose links to other pages hand on the choices of this page, whose variables are `names`, that are theirs too. */
function carrying(names: readonly string[], value: unknown): unknown {
  if (Array.isArray(value)) return value.map(each => carrying(names, each));
  if (typeof value === 'string' && value.startsWith('/d/'))
    return names
      .filter(name => carried[pageOf(value)]?.includes(name) && !handsOn(value, name))
      .reduce((url, name) => `${url}&\${${name}:queryparam}`, value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, carrying(names, each)]));
}

const pageOf = (url: string): string => /^\/d\/([^?]*)/.exec(url)?.[1] ?? '';
const handsOn = (url: string, name: string): boolean => url.includes(`\${${name}:`) || url.includes(`&var-${name}=`);

/**
 * A copy that shares nothing with the builders: functions left out, keys sorted, frozen. Without the SDK's default that
 * hides links and annotations in a menu.
 */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(plain));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([, each]) => each !== undefined && typeof each !== 'function' && each !== DashboardLinkPlacement.InControlsMenu,
  );
  return Object.freeze(
    Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, plain(each)])),
  );
}
