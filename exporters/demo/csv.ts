/** A cell of a CSV file: numbers with eight decimals, quotes where they are needed. */
export function cell(value: string | number | undefined): string {
  const text = typeof value === 'number' ? value.toFixed(8) : (value ?? '');
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
