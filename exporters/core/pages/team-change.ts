/** How a number stands to itself earlier, in words. */
import type { TeamNumber } from '../team/section.ts';
import { type Html, html } from './html.ts';
import { amountText } from './words.ts';

/** Less than this, relative to what it was, is no change that a reader would see. */
const unseen = 0.0005;

/** Less than this is told and not judged: few deployments more or less are chance. */
const judged = 0.1;

export function change({ amount, before, better }: TeamNumber, now: Date): Html | undefined {
  if (before === undefined) return undefined;
  const { value: was, when } = before;
  if (amount === undefined)
    return was === undefined ? undefined : html`<p class="soft">It was measured ${when}, and is not any more.</p>`;
  if (was === undefined) return html`<p class="soft">Not measured ${when}.</p>`;
  const difference = amount.value - was;
  if (Math.abs(difference) <= Math.abs(was) * unseen) return html`<p class="soft">The same as ${when}.</p>`;
  const isUp = difference > 0;
  const isJudged = better !== undefined && Math.abs(difference) >= Math.abs(was) * judged;
  const how = !isJudged ? undefined : isUp === (better === 'more') ? 'better' : 'worse';
  const tone = how === undefined ? 'soft' : how === 'better' ? 'ok-text' : 'bad-text';
  return html`<p class="${tone}"><span aria-hidden="true">${isUp ? '▲' : '▼'}</span> ${isUp ? 'up' : 'down'} ${size(amount, was, now)} from ${amountText({ ...amount, value: was }, now)} ${when}${how !== undefined && `: ${how}`}</p>`;
}

/** In percent where that means something: not of 0, and a share's change is in points of it. */
function size(amount: NonNullable<TeamNumber['amount']>, was: number, now: Date): string {
  const difference = Math.abs(amount.value - was);
  if (amount.unit === 'ratio') return `${(difference * 100).toFixed(1)} points`;
  if (amount.unit === 'points') return `${difference.toLocaleString('en', { maximumFractionDigits: 1 })} points`;
  if (amount.unit === 'count' || was <= 0) return amountText({ ...amount, value: difference }, now);
  return `${((difference / was) * 100).toLocaleString('en', { maximumFractionDigits: difference < was ? 1 : 0 })} %`;
}
