/** The kinds of panel that pages are made of; each is a value that a dashboard places. */
export { matrix } from './panels/matrix.ts';
export { days, lines } from './panels/over-time.ts';
export type { NamedQuery, Panel, PanelBuilder, PanelOptions, Threshold } from './panels/panel.ts';
export { ordered, ranking } from './panels/ranking.ts';
export { stat } from './panels/stat.ts';
export { table } from './panels/table.ts';
