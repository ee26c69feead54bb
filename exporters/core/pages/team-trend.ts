/** A small line of a number over time, drawn as SVG. */
import type { TeamNumber } from '../team/section.ts';
import { type Html, html } from './html.ts';

const width = 240;
const height = 44;

/** From 0 on, so that a small change does not look like a large one. */
export function sparkline({ values, label }: NonNullable<TeamNumber['trend']>): Html | undefined {
  if (values.length < 2) return undefined;
  const top = Math.max(...values, 0);
  const bottom = Math.min(...values, 0);
  const span = top - bottom || 1;
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * (width - 4) + 2;
    const y = height - 2 - ((value - bottom) / span) * (height - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return html`<svg class="trend" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" preserveAspectRatio="none"><polyline points="${points.join(' ')}" fill="none" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke"/></svg>
<p class="soft">${label}</p>`;
}
