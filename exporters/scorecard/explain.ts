/** `plumbline explain service ID`: every check of a service with its evidence, since when, and how it is mended. */
import type { Ledger, Row } from '../core/ledger.ts';
import { prepareInstants } from '../core/views.ts';
import { levels } from './checks.ts';
import { linkOf } from './links.ts';
import type { AskedCheck } from './settings.ts';
import { checksListSql } from './sql.ts';
import { scorecardFacts } from './store.ts';

export interface Explaining {
  readonly now: Date;
  readonly checks: readonly AskedCheck[];
}

const words = { fail: 'FAILS', not_measured: 'not measured', exempt: 'exempt', pass: 'passes' } as const;

/** Undefined where the catalog has no such service. */
export async function explainService(
  ledger: Ledger,
  { now, checks }: Explaining,
  id: string,
): Promise<string | undefined> {
  const rows = await ledger.read(async reader => {
    await prepareInstants(reader, scorecardFacts, { name: 'explain', kind: 'state' }, { instants: [now] });
    const none = { teams: null, checks: null, states: null, levels: null, required: null, own: null };
    return reader.all(checksListSql, { ...none, services: JSON.stringify([id]), limit: 10_000, offset: 0 });
  });
  const [first] = rows;
  if (first === undefined) return undefined;
  const count = (state: string) => rows.filter(row => row.state === state).length;
  const reached = levels.filter((_, index) =>
    rows.every(
      ({ level, state }) =>
        levels.indexOf(level as (typeof levels)[number]) > index || state === 'pass' || state === 'exempt',
    ),
  );
  const head = [
    `service ${id}, owned by ${first.team}`,
    `  ${count('pass')} of ${count('pass') + count('fail')} measured checks pass; ${count('not_measured')} not measured, ${count('exempt')} exempt`,
    `  level: ${reached.at(-1) ?? 'none'}`,
  ];
  return [
    ...head,
    ...rows.map(row =>
      lines(
        row,
        checks.find(({ id: check }) => check === row.check),
      ),
    ),
  ].join('\n');
}

function lines(row: Row, check: AskedCheck | undefined): string {
  const text = (name: string) => (row[name] === null || row[name] === undefined ? '' : String(row[name]));
  const state = row.state as keyof typeof words;
  const since =
    text('since') === '' || state === 'exempt' || state === 'not_measured'
      ? ''
      : ` since ${text('since').slice(0, 10)}`;
  const until = state === 'exempt' ? ` until ${text('exempt_until')}` : '';
  const told = [
    `  ${words[state]}${since}${until}: ${text('title')} (${text('check')}, ${text('level')})`,
    ...(text('detail') === '' ? [] : [`    ${text('detail')}`]),
  ];
  if (state !== 'fail') return told.join('\n');
  const link = linkOf(text('link'), { service: text('service'), team: text('team'), repository: text('repository') });
  return [...told, ...(check?.fix === undefined || check.fix === '' ? [] : [`    ${check.fix}`]), `    ${link}`].join(
    '\n',
  );
}
