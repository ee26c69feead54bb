/** /teams: which teams there are; and what is said where one may not look, or nothing is found. */
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

interface Frame {
  readonly nonce: string;
  readonly demo: boolean;
}

export interface TeamList extends Frame {
  readonly teams: readonly string[];
}

/** Dots alone are a step in a path however they are written, and a slash is one to many a proxy: such a name is asked for. */
export const teamPath = (team: string) =>
  /^\.{1,2}$|[/\\]/.test(team) ? `/teams?team=${encodeURIComponent(team)}` : `/teams/${encodeURIComponent(team)}`;

export function teamList({ teams, nonce, demo }: TeamList): string {
  const body = html`<h2 class="page-title">Teams <span class="count">${teams.length}</span></h2>
<p class="soft summary">Those of the catalog, and those that anything was measured of.</p>
<ul class="cards names">${teams.map(team => html`<li class="card"><a href="${teamPath(team)}">${team}</a></li>`)}</ul>
${teams.length === 0 && html`<p class="soft">There is none: the catalog has no teams, and nothing was measured of any.</p>`}`;
  return layout({ title: 'Plumbline teams', nonce, demo, body });
}

export interface Notice extends Frame {
  readonly title: string;
  readonly text: Html;
}

export const noticePage = ({ title, text, nonce, demo }: Notice): string =>
  layout({ title: `${title}: Plumbline`, nonce, demo, body: html`<h2 class="page-title">${title}</h2><p>${text}</p>` });
