/** Decimals as rules have them: exact, without exponents and without the noise of binary fractions. */
import { Decimal } from 'decimal.js';

export { Decimal } from 'decimal.js';

/** A text or a whole number. A fraction as a JavaScript number is what it is written as: 0.001, not its binary value. */
export const decimal = (value: Decimal.Value): Decimal => new Decimal(value);

/** Digits that PromQL's doubles tell apart. */
const digits = 15;

/** As PromQL reads it: 0.0144. */
export const written = (value: Decimal): string => value.toSignificantDigits(digits).toFixed();

/** 1 − a target. */
export const budgetOf = (target: Decimal): Decimal => new Decimal(1).minus(target);

/** As people read it: 99.9 %. */
export const percent = (value: Decimal): string => `${written(value.times(100))} %`;
