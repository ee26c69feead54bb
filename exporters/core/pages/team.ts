/** /teams/TEAM: what each exporter tells of one team, for people without a Grafana. */
import type { ExporterView } from '../server-types.ts';
import type { TeamCell, TeamLink, TeamNumber, TeamSection, TeamTable, Verdict } from '../team/section.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { change } from './team-change.ts';
import { sparkline } from './team-trend.ts';
import { age, amountText, plural, stamp } from './words.ts';

/** A section, and how far it can be trusted. */
export interface TeamPart {
  readonly view?: ExporterView;
  /** Undefined where it could not be computed; the log says why. */
  readonly section: TeamSection | undefined;
}

export interface TeamPage {
  readonly team: string;
  readonly parts: readonly TeamPart[];
  readonly links: readonly TeamLink[];
  readonly nonce: string;
  readonly demo: boolean;
  readonly now: Date;
}

export function teamPage({ team, parts, links, nonce, demo, now }: TeamPage): string {
  const ids = parts.map((part, index) => ({ part, id: `part-${index}`, title: titleOf(part) }));
  const body = html`
<p class="crumbs"><a href="/teams">All teams</a></p>
<h2 class="page-title">Team ${team}</h2>
<p class="soft summary">Every number is that of the metric it is named after, as of now; comparisons are with the same metric earlier. “Not measured” is not zero.</p>
${links.length > 0 && html`<ul class="links" aria-label="Dashboards of the team">${links.map(link => html`<li>${anchor(link)}</li>`)}</ul>`}
<nav class="toc" aria-label="On this page">${ids.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
${ids.map(({ part, id, title }) => partOf(part, { id, title, now }))}
${parts.length === 0 && html`<p class="soft">No exporter of this process tells of teams.</p>`}
<footer>Times are UTC; this page was made ${stamp(now)}.</footer>`;
  return layout({ title: `${team}: Plumbline${demo ? ' (demo)' : ''}`, nonce, demo, body });
}

const titleOf = ({ view, section }: TeamPart) => section?.title ?? view?.name ?? '';

interface Place {
  readonly id: string;
  readonly title: string;
  readonly now: Date;
}

function partOf({ view, section }: TeamPart, { id, title, now }: Place): Html {
  return html`
<section class="part" aria-labelledby="${id}"><h3 id="${id}" tabindex="-1">${title}</h3>
${view && trust(view, now)}
${
  section
    ? html`<p class="soft about">${section.about}</p>
${section.numbers.length > 0 && html`<ul class="tiles">${section.numbers.map(one => tile(one, now))}</ul>`}
${section.tables.map(one => table(one, now))}
${section.links.length > 0 && html`<ul class="links" aria-label="More about ${title}">${section.links.map(link => html`<li>${anchor(link)}</li>`)}</ul>`}`
    : html`<p class="error">This part could not be computed; the log of the server says why.</p>`
}</section>`;
}

/** An answer that has stopped arriving must not look like an answer. */
function trust(view: ExporterView, now: Date): Html {
  const snapshot = view.snapshot();
  const sources = view.sources();
  const failed = sources.filter(({ state }) => state === 'failed');
  // What nobody posts to is a door that is not used.
  const waiting = sources.filter(({ state, kind }) => state === 'waiting' && kind !== 'push');
  return html`
${!snapshot && html`<p class="note waiting">There is no page yet: the first refresh is under way.</p>`}
${failed.map(
  ({ source, lastSuccess }) =>
    html`<p class="error">The source ${source} fails${lastSuccess ? html`: its numbers are ${age(lastSuccess, now)} old` : ': it has never been read'}. <a href="/">See why</a></p>`,
)}
${waiting.length > 0 && html`<p class="note waiting">${plural(waiting.length, 'source')} not read yet, so that numbers may still lack something: ${some(waiting.map(({ source }) => source))}.</p>`}
${view.problems().length > 0 && html`<p class="error">${plural(view.problems().length, 'metric')} could not be computed and show what they were. <a href="/">See which</a></p>`}`;
}

/** The first of them by name. */
const some = (names: readonly string[]) =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

function tile(one: TeamNumber, now: Date): Html {
  const { label, amount, absent, detail, verdict, trend, links = [] } = one;
  return html`
<li class="card tile"><h4>${label}</h4>
${amount ? html`<p class="big">${amountText(amount, now)}</p>` : html`<p class="big absent">not measured</p><p class="soft">${absent}</p>`}
${verdict && html`<p>${badge(verdict)}</p>`}
${detail !== undefined && html`<p class="soft">${detail}</p>`}
${change(one, now)}
${trend && sparkline(trend)}
${links.length > 0 && html`<p class="more">${links.map((link, index) => html`${index > 0 && ' · '}${anchor(link)}`)}</p>`}</li>`;
}

function table({ caption, columns, rows, empty, more = 0 }: TeamTable, now: Date): Html {
  if (rows.length === 0) return html`<div class="card empty"><h4>${caption}</h4><p class="soft">${empty}</p></div>`;
  // What is wider than the screen scrolls in its own box, which the keyboard must reach.
  return html`
<div class="card scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${columns.map((title, index) => html`<th scope="col"${index > 0 && rows.some(row => isNumber(row[index])) ? html` class="amount"` : ''}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    row =>
      html`<tr>${row.map((one, index) =>
        index === 0
          ? html`<th scope="row">${cell(one, now)}</th>`
          : html`<td${isNumber(one) ? html` class="amount"` : ''}>${cell(one, now)}</td>`,
      )}</tr>`,
  )}</tbody></table>
${more > 0 && html`<p class="soft">… and ${more.toLocaleString('en')} more.</p>`}</div>`;
}

const isNumber = (value: TeamCell) => typeof value === 'object' && 'unit' in value;

function cell(value: TeamCell, now: Date): Html {
  if (value === undefined) return html`<span class="soft">not measured</span>`;
  if (typeof value === 'string') return html`${value}`;
  if ('tone' in value) return badge(value);
  if ('href' in value) return anchor(value);
  return html`${amountText(value, now)}`;
}

const badge = ({ tone, text }: Verdict): Html =>
  html`<span class="badge ${{ good: 'ok', neutral: '', warning: 'waiting', bad: 'failed' }[tone]}">${text}</span>`;

const anchor = ({ text, href }: TeamLink): Html =>
  /^(https?:\/\/|\/(?!\/))/i.test(href) ? html`<a href="${href}">${text}</a>` : html`${text}`;
