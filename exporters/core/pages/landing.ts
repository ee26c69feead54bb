/** The page for people: what the sources are doing, and which metrics there are. */
import { type Metric, twinNames } from '../metric.ts';
import type { ExporterView } from '../server-types.ts';
import type { Snapshot } from '../snapshot-types.ts';
import type { SourceStatus } from '../status.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { searchScript } from './search.ts';
import { age, duration, plural, stamp } from './words.ts';

export interface LandingPage {
  readonly exporters: readonly ExporterView[];
  /** The program's own. */
  readonly selfMetrics: readonly Metric[];
  readonly nonce: string;
  readonly demo: boolean;
  readonly version: string;
  readonly now: Date;
}

export function landingPage({ exporters, selfMetrics, nonce, demo, version, now }: LandingPage): string {
  // What has failed is what people come for.
  const order = { failed: 0, waiting: 1, ok: 2 };
  const all = exporters.flatMap(exporter => exporter.sources()).sort((a, b) => order[a.state] - order[b.state]);
  // Most endpoints are there for whoever wants them: one that nobody has posted to lacks nothing.
  const isIdle = ({ kind, state }: SourceStatus) => kind === 'push' && state === 'waiting';
  const sources = all.filter(source => !isIdle(source));
  const idle = all.filter(isIdle);
  const failed = sources.filter(source => source.state === 'failed').length;
  const waiting = sources.filter(source => source.state === 'waiting').length;
  const summary = [
    plural(sources.length, 'source'),
    failed > 0 ? `${failed} failed` : waiting > 0 ? `${waiting} waiting for the first refresh` : 'all up to date',
  ].join(', ');
  const body = html`
<p class="soft summary">${summary}.</p>
<div class="search" role="search">
<label for="search">Search sources, metrics, labels (press /)</label>
<input id="search" type="search" autocomplete="off" spellcheck="false">
<p id="found" class="soft numbers" role="status"></p>
</div>
<section data-section aria-labelledby="sources"><h2 id="sources">Sources <span class="count">${sources.length}</span></h2>
<ul class="cards sources">${sources.map(source => sourceCard(source, now))}</ul>
${sources.length === 0 && html`<p class="soft">No source is configured.</p>`}</section>
${
  idle.length > 0 &&
  html`<section data-section aria-labelledby="idle"><h2 id="idle">Nothing was posted to <span class="count">${plural(idle.length, 'endpoint')}</span></h2>
<ul class="labels">${idle.map(({ exporter, source, kind, state }) => html`<li data-search="${searchable(exporter, source, kind, state)}"><span>${exporter} / ${source}</span></li>`)}</ul></section>`
}
${exporters.map(exporter => exporterSection(exporter, now))}
<section data-section aria-labelledby="self"><h2 id="self">plumbline itself <span class="count">${plural(selfMetrics.length, 'metric')}</span></h2>
<ul class="cards metrics">${selfMetrics.map(metric => metricCard(metric, undefined))}</ul></section>
<footer>Plumbline ${version}. Times are UTC; this page was made ${stamp(now)}.</footer>`;
  return layout({ title: demo ? 'Plumbline (demo)' : 'Plumbline', nonce, demo, body, script: searchScript });
}

function exporterSection(exporter: ExporterView, now: Date): Html {
  const snapshot = exporter.snapshot();
  const series = snapshot?.families.reduce((sum, family) => sum + family.series, 0) ?? 0;
  const state = snapshot
    ? `${plural(series, 'series', 'series')}, page ${age(snapshot.takenAt, now)} old`
    : 'no page yet';
  const id = `exporter-${exporter.name}`;
  return html`
<section data-section aria-labelledby="${id}"><h2 id="${id}">${exporter.name} <span class="count">${plural(exporter.metrics.length, 'metric')}, ${state}, <a href="/metrics/${exporter.name}">/metrics/${exporter.name}</a></span></h2>
${exporter.problems().map(problem => html`<p class="error">${problem}</p>`)}
<ul class="cards metrics">${exporter.metrics.map(metric => metricCard(metric, snapshot))}</ul></section>`;
}

function sourceCard(source: SourceStatus, now: Date): Html {
  const rejected = Object.entries(source.rejected).filter(([, n]) => n > 0);
  const total = rejected.reduce((sum, [, n]) => sum + n, 0);
  const reasons = rejected.map(([reason, n]) => `${reason} ${n.toLocaleString('en')}`).join(', ');
  const interval = source.kind === 'push' ? 'when posted to' : `every ${duration(source.everySeconds)}`;
  return html`
<li class="card" data-search="${searchable(source.exporter, source.source, source.kind, source.state, source.error ?? '')}">
<h3><span>${source.exporter} / ${source.source}</span><span class="badge ${source.state}">${source.state}</span></h3>
<dl class="facts">
<dt>Last success</dt><dd>${source.lastSuccess ? html`${age(source.lastSuccess, now)} ago <span class="soft">(${stamp(source.lastSuccess)})</span>` : 'never'}</dd>
${source.lastRun && source.state === 'failed' && html`<dt>Last try</dt><dd>${age(source.lastRun, now)} ago</dd>`}
${source.nextRun && source.state === 'failed' && html`<dt>Next try</dt><dd>${ahead(source.nextRun, now)}</dd>`}
<dt>Refreshed</dt><dd>${interval}${source.lastDurationSeconds !== undefined && `, last in ${duration(source.lastDurationSeconds)}`}</dd>
<dt>Records</dt><dd>${source.records.toLocaleString('en')}</dd>
<dt>Rejected</dt><dd>${total.toLocaleString('en')}${total > 0 && html` <span class="soft">(${reasons})</span>`}</dd>
${source.files.waiting > 0 && html`<dt>Files that wait</dt><dd>${source.files.waiting.toLocaleString('en')} <span class="soft">(still being written, or held back by another)</span></dd>`}
</dl>
${source.error !== undefined && html`<p class="error">${source.error}</p>`}
</li>`;
}

function metricCard(metric: Metric, snapshot: Snapshot | undefined): Html {
  const families = snapshot?.families.filter(family => family.metric.name === metric.name) ?? [];
  const series = families.reduce((sum, family) => sum + family.series, 0);
  const twins = metric.kind === 'daily' ? Object.values(twinNames(metric)) : [];
  return html`
<li class="card" data-search="${searchable(metric.name, metric.kind, metric.unit, metric.help, ...metric.labels, ...twins)}">
<h3><span class="mono">${metric.name}</span><span class="numbers">${metric.kind}${snapshot && `, ${plural(series, 'series', 'series')}`}</span></h3>
<p>${metric.help}</p>
${twins.length > 0 && html`<p class="soft">Its newest day: <span class="mono">${twins.join(', ')}</span></p>`}
${metric.labels.length > 0 && html`<div class="labels" aria-label="labels">${metric.labels.map(label => html`<span>${label}</span>`)}</div>`}
</li>`;
}

const searchable = (...texts: readonly string[]) => texts.join(' ').toLowerCase();

const ahead = (date: Date, now: Date) => (date > now ? html`in ${age(now, date)}` : html`now`);
