/** What the ledgers and the catalog say, as findings and tables. */
import { isAddress } from '../../catalog/backstage.ts';
import type { BackstageAnswer } from '../../catalog/backstage-answers.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { type Ownership, unowned } from '../../catalog/ownership.ts';
import type { OwnershipProblem } from '../../catalog/ownership-problem.ts';
import type { Config } from '../../config.ts';
import { explainFile } from '../../core/file-faults.ts';
import type { InspectOutput, RejectCounts, SourceReport } from '../ledger/inspect.ts';
import { count, didYouMean, table } from '../output.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

export function ownershipFindings(config: Config, catalog: Catalog, ownership: Ownership): Finding[] {
  const kinds = Map.groupBy(catalog.entities.values(), entity => entity.kind.toLowerCase());
  const sizes = `${count(kinds.get('component')?.length ?? 0, 'component')}, ${count(kinds.get('group')?.length ?? 0, 'group')}`;
  return [
    catalog.entities.size === 0
      ? note('catalog', 'no entity; every team name is taken as it is written')
      : ok('catalog', sizes),
    ...catalog.rejects.map(({ file, line, reason, field, value }) =>
      // Templates stand beside the entities that are made of them, and nobody has to mend them.
      (reason === 'template_not_filled_in' ? note : wrong)(
        'catalog',
        `${file}:${line}: ${[reason, field, value].filter(part => part !== undefined && part !== '').join(' ')}`,
      ),
    ),
    ...addressFindings(catalog),
    ...ownership.problems.map(problem => wrong('ownership', problemText(problem, ownership.teams))),
    ...strangers(config, ownership),
  ];
}

function addressFindings({ entities }: Catalog): Finding[] {
  const addresses = [...entities.values()].flatMap(({ targets }) => targets.filter(isAddress));
  return addresses.length === 0
    ? []
    : [
        note(
          'catalog',
          `${count(addresses.length, 'target')} of Locations at addresses, such as ${addresses[0]}; what they name is read only where catalog.files or catalog.backstage has it`,
        ),
      ];
}

/** From where the catalog's entities come, server by server; what files have too is theirs. */
export const backstageFindings = (answers: readonly BackstageAnswer[], catalog: Catalog): Finding[] =>
  answers.map(({ name, entities, readAt, error }) => {
    const used = [...catalog.entities.values()].filter(({ api }) => api === name).length;
    const told = `${count(entities.length, 'entity', 'entities')}, ${used.toLocaleString('en-US')} of them used`;
    const subject = `catalog ${name}`;
    return error === undefined
      ? ok(subject, `${told}; told at ${readAt.toISOString()}`)
      : wrong(subject, `${error}; its answer of ${readAt.toISOString()} stands in: ${told}`);
  });

export function problemText({ reason, name, value }: OwnershipProblem, teams: readonly string[]): string {
  const no = `names the team ${value}, which is no Group of the catalog${didYouMean(value, teams)}`;
  switch (reason) {
    case 'rule_team_unknown':
      return `the rule ${name} ${no}`;
    case 'alias_team_unknown':
      return `aliases of ${name}: it is no Group of the catalog${didYouMean(name, teams)}`;
    case 'split_team_unknown':
      return `the split ${name} ${no}; its part goes to the others`;
    case 'split_without_teams':
      return `the split ${name} has no team to share among, so what it is to share stays where it is`;
  }
}

/** Teams that other parts of the configuration name; without Groups every name is one. */
function strangers(config: Config, { teams, document }: Ownership): Finding[] {
  if (document.directory.teams.length === 0) return [];
  const named = [
    ...config.alerts.receivers.map(({ team }) => ['alerts.receivers', team] as const),
    ...config.server.tokens.flatMap(({ name, team }) => (team === undefined ? [] : [[`token ${name}`, team] as const])),
  ];
  return named
    .filter(([, team]) => !teams.includes(team) && team !== unowned)
    .map(([subject, team]) => note(subject, `the team ${team} is no Group of the catalog${didYouMean(team, teams)}`));
}

export function ledgerFindings(config: Config, report: InspectOutput): Finding[] {
  const findings: Finding[] = [];
  const idle = report.sources.filter(isIdle);
  for (const one of report.sources) {
    const { source, kind, state, error, records, files, broken, others, plan } = one;
    if (idle.includes(one)) continue;
    const subject = `source ${source}`;
    const seen = Object.entries(files)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ');
    if (error !== undefined) findings.push(wrong(subject, error));
    else if (seen === '')
      findings.push(
        state !== 'ok'
          ? note(
              subject,
              plan !== undefined ? 'not asked yet; see its plan' : kind === 'push' ? 'nothing was posted yet' : state,
            )
          : kind !== 'read'
            ? ok(subject, 'answers')
            : records > 0
              ? ok(subject, `read, ${count(records, 'record')}`)
              : note(subject, 'reachable, with no record'),
      );
    else findings.push(ok(subject, `files: ${seen}`));
    for (const [reason, n] of Object.entries(others))
      findings.push(ok(subject, `${count(n, 'file')} left to another exporter: ${explainFile(reason)}`));
    if (plan !== undefined) findings.push(ok(`${subject}, next`, plan));
    for (const file of broken)
      findings.push(
        (file.state === 'broken' ? wrong : note)(subject, `${file.path} is ${file.state}: ${explainFile(file.reason)}`),
      );
  }
  if (idle.length > 0)
    findings.push(ok('posts', `${count(idle.length, 'further endpoint')} would take posts; none has come`));
  if (report.rejectCounts.entries > 0)
    findings.push(wrong('rejects', `${rejected(report.rejectCounts)} could not be read; they are listed above`));
  else findings.push(ok('rejects', 'none'));
  for (const [exporter, series] of Object.entries(report.series)) {
    const text = `${series.toLocaleString('en-US')} of ${config.series_limit.toLocaleString('en-US')} (series_limit)`;
    findings.push((series > config.series_limit ? wrong : ok)(`series of ${exporter}`, text));
  }
  for (const { metric, series, maxSeries } of report.families)
    if (series > maxSeries) findings.push(wrong(metric, `${series} series, above its budget of ${maxSeries}`));
  for (const { metric, labels, value } of report.residuals)
    findings.push(wrong(metric, `${value}${labels === '' ? '' : ` for ${labels}`}; the parts do not sum to the bill`));
  if (report.residuals.length === 0) findings.push(ok('residual', '0'));
  findings.push(...report.notices.map(({ subject, text, isInOrder }) => (isInOrder ? ok : note)(subject, text)));
  findings.push(...report.problems.map(problem => wrong('page', problem)));
  return findings;
}

function rejected({ files, records, values }: RejectCounts): string {
  const parts = [
    ...(files > 0 ? [count(files, 'file')] : []),
    ...(records > 0 ? [count(records, 'record') + (values > records ? ` (${count(values, 'value')})` : '')] : []),
  ];
  return parts.join(' and ');
}

/** An endpoint that nothing in the configuration asks for, and nothing has come to. */
const isIdle = ({ isUnasked, state, error, records }: SourceReport): boolean =>
  isUnasked && state === 'waiting' && error === undefined && records === 0;

/** Families with series, and in a sentence how many have none. */
export function familyTable({ families }: InspectOutput): string {
  const present = families.filter(({ series }) => series > 0);
  const absent = families.length - present.length;
  return (
    table([
      ['FAMILY', 'SERIES', 'BUDGET'],
      ...present.map(({ metric, series, maxSeries }) => [metric, String(series), String(maxSeries)]),
    ]) + (absent > 0 ? `and ${count(absent, 'family', 'families')} without a series\n` : '')
  );
}

export function rejectTable({ rejects, rejectCounts }: InspectOutput): string {
  if (rejects.length === 0) return '';
  const rows = rejects.map(({ file, line, reason, field, value }) => [
    line === undefined ? file : `${file}:${line}`,
    reason,
    field,
    JSON.stringify(value),
  ]);
  const rest = rejectCounts.entries - rejects.length;
  return (
    table([['WHERE', 'REASON', 'FIELD', 'VALUE'], ...rows]) +
    (rest > 0 ? `and ${rest.toLocaleString('en-US')} more\n` : '')
  );
}
