/** What orders of versions have in common. An order gives below 0, 0 or above 0; undefined where one is no version of it. */
export type Order = (a: string, b: string) => number | undefined;

/** Numbers of any length, by their digits. */
export function compareDigits(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareTexts(left, right);
}

/** By code units: the same for everyone, whatever their language. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const isDigits = (text: string): boolean => /^\d+$/.test(text);

/** Longer ones are none, and could take long to look at. */
export const mostVersionCharacters = 512;
