/** Amounts of money in configuration: exact decimal text, as the ledger's DECIMAL(38,10) takes it. */
import { z } from 'zod';

const pattern = /^-?\d{1,17}(\.\d{1,10})?$/;

/** The decimal text of a number as it was written; undefined where a double can't have kept every digit of it. */
export function decimalText(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replace(/[-.]/g, '');
  // Up to 15 significant digits a double gives back exactly what was written.
  if (digits.length > 15) return undefined;
  const point = Number(exponent) + 1;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const fraction = (point > 0 ? digits.slice(point) : `${'0'.repeat(-point)}${digits}`).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * An amount written as text or as a number: at most 17 digits before and 10 after the decimal point, no exponent and no
 * thousands separator; gives decimal text. A number of more than 15 digits has lost some when it is read: it is refused.
 */
export const moneySchema = z
  .union([z.string(), z.number()], { error: 'expected an amount such as "1000.00"' })
  .transform((value, ctx) => {
    const text = typeof value === 'string' ? value.trim() : decimalText(value);
    if (text !== undefined && pattern.test(text)) return text;
    ctx.issues.push({
      code: 'custom',
      input: value,
      message:
        typeof value === 'number' && text === undefined
          ? 'expected an amount in quotes: a number of more than 15 digits loses some of them'
          : 'expected an amount such as "1000.00": at most 17 digits before and 10 after the point',
    });
    return z.NEVER;
  });

/** An amount above 0. */
export const positiveMoneySchema = moneySchema.refine(
  text => !text.startsWith('-') && /[1-9]/.test(text),
  'expected an amount above 0',
);

/**
 * Parses JSON with every number as the text it was written in, so that no digit of an amount is lost. Throws
 * SyntaxError where it is no JSON.
 */
export function parseJsonKeepingNumbers(text: string): unknown {
  const keep = (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value;
  return JSON.parse(text, keep) as unknown;
}
