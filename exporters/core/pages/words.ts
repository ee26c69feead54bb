/** Numbers, times and spans of time in words, as people read them. */
import type { Amount } from '../team/section.ts';
import { type Html, html } from './html.ts';

export const plural = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

export function stamp(date: Date): Html {
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)}</time>`;
}

export const age = (date: Date, now: Date) => duration(Math.max(0, now.getTime() - date.getTime()) / 1000);

/** Rounded to what a reader wants to know. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

const number = (value: number, digits: number) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Cents where there is little. A currency is what a vendor wrote, so that Intl may not know it. */
function money(value: number, currency = ''): string {
  const text = number(Math.abs(value), Math.abs(value) >= 100 ? 0 : 2);
  return `${value < 0 && Number(text) !== 0 ? '−' : ''}${currency} ${text}`.trim();
}

export function amountText(amount: Amount, now: Date): string {
  const { value, unit, currency, isChange = false } = amount;
  if (!Number.isFinite(value)) return 'not a number';
  if (isChange && value > 0) return `+${amountText({ ...amount, isChange: false }, now)}`;
  switch (unit) {
    case 'currency':
      return money(value, currency);
    case 'ratio':
      return `${number(value * 100, 1)} %`;
    case 'seconds':
      return `${value < 0 ? '−' : ''}${duration(Math.abs(value))}`;
    case 'timestamp_seconds': {
      const date = new Date(value * 1000);
      return date <= now ? `${age(date, now)} ago` : `in ${age(now, date)}`;
    }
    case 'bytes':
      return `${number(value / 2 ** 20, 1)} MiB`;
    case 'days':
      return plural(Math.round(value), 'day');
    case 'points':
      return `${value > 0 ? '+' : value < 0 ? '−' : ''}${number(Math.abs(value), Number.isInteger(value) ? 0 : 1)}`;
    case 'count':
      return value.toLocaleString('en', { maximumFractionDigits: 1 });
  }
}
