/** What an exporter lets people read one by one, where metrics count: GET /api/NAME, and /api/EXPORTER/NAME. */
import type { Ledger } from './ledger.ts';
import type { Principal } from './source.ts';

export interface ApiRequest {
  /** Of the address; a parameter that is given several times has its values joined by commas. */
  readonly query: Readonly<Record<string, string>>;
  readonly principal: Principal;
  readonly now: Date;
}

export type ApiCell = string | number | boolean | null | readonly Readonly<Record<string, string | boolean | null>>[];
export type ApiItem = Readonly<Record<string, ApiCell>>;

export interface ApiPage {
  /** What an item has, in the order of CSV's columns. */
  readonly columns: readonly string[];
  readonly items: readonly ApiItem[];
  /** How many there are on all pages together. */
  readonly total: number;
  /** The parameter `cursor` of the next page; absent on the last. */
  readonly next?: string;
}

export interface ApiEndpoint {
  /** What it lists, in the plural: `findings`. */
  readonly name: string;
  /** Errors: QUERY_INVALID for a parameter that can't be meant, READ_FORBIDDEN for what the principal may not see. */
  readonly answer: (ledger: Ledger, request: ApiRequest) => Promise<ApiPage>;
}

/** RFC 4180. Spreadsheets take a text that begins as a formula for one, so that an apostrophe stands before it. */
export function csvOf({ columns, items }: Pick<ApiPage, 'columns' | 'items'>): string {
  const cell = (value: ApiCell | undefined): string => {
    if (value === null || value === undefined) return '';
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...items.map(item => columns.map(name => cell(item[name])))]
    .map(row => `${row.join()}\r\n`)
    .join('');
}
