/**
 * Trivy's misconfigurations, in its JSON of every version, in reports of clusters, and in resources of trivy-operator.
 * Vulnerabilities, secrets and licences of the same reports are the supply-chain exporter's: both may get them.
 */
import { repositorySlug } from '../../../catalog/repository.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { scopeOfPlace } from '../../../findings/place.ts';
import type { ExceptionList, Report } from '../../../findings/report.ts';
import { isObject, listOf, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { isOperator, isTrivy, type TrivyReport, type TrivyResult, trivyReports } from '../../../formats/trivy/index.ts';
import { expiryOf } from '../../expiry.ts';
import { type Instance, numbered } from '../../identity.ts';
import { digestOf, evaluatedAt, faulty, ownerOf, rejection } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { instanceOf, type Where } from './misconfiguration.ts';
import { readOperator } from './operator.ts';

export const trivy: ReportKind = {
  kind: 'trivy',
  accepts: name => /\.json$/i.test(name),
  recognises: json => {
    if (isOperator(json)) return 'cluster';
    if (json === null || !isTrivy(json)) return undefined;
    return trivyReports(json)?.some(({ resource }) => resource !== undefined) ? 'cluster' : 'repository';
  },
  read: (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    if (isOperator(read.value)) return readOperator(read.value, bytes, context);
    // `null` stands for no vulnerabilities, and for nothing else.
    const reports = read.value === null || !isTrivy(read.value) ? undefined : trivyReports(read.value);
    return reports === undefined ? faulty('not_trivy') : readReports(reports, bytes, context);
  },
};

function readReports(reports: readonly TrivyReport[], bytes: Buffer, context: ReadContext): Reading {
  const isOfCluster = reports.some(({ resource }) => resource !== undefined);
  const concern = reports.filter(({ results }) => results.some(isConfig));
  // Where configuration is looked at, its files are listed even without a failure.
  if (concern.length === 0)
    return faulty(
      reports.some(({ results }) => results.length > 0) ? 'belongs_to_supply_chain' : 'no_misconfigurations',
    );
  const place = placeOf(concern, context);
  const scope = scopeOfPlace(place);
  if (scope === undefined) return faulty('missing_scope');
  const within = { ...context, place };
  const part = isOfCluster ? 'trivy-k8s' : undefined;
  const instances: Instance[] = [];
  const rejections: Rejection[] = [];
  let records = 0;
  let passes = 0;
  for (const report of concern)
    for (const result of report.results.filter(isConfig)) {
      const where: Where = {
        ...{ scope, context: within, result },
        ...(part === undefined ? {} : { part }),
        ...(report.resource && {
          resource: { ...report.resource, cluster: place.cluster ?? scope.replace(/^cluster:/, '') },
        }),
      };
      const read = instancesIn(result, where);
      records += read.length;
      passes += passesIn(result);
      for (const one of read)
        if (typeof one === 'string') rejections.push(rejection(context, { reason: one, value: result.target }));
        else instances.push(one);
    }
  const createdAt = concern
    .flatMap(one => one.createdAt ?? [])
    .sort()
    .at(-1);
  const at = evaluatedAt(createdAt, context);
  const failures = reports.filter(({ error }) => error !== undefined).length;
  const reason = rejections.length > 0 ? 'records_rejected' : failures > 0 ? 'scan_error' : undefined;
  const owner = ownerOf(within);
  const results = numbered(instances);
  const report: Report = {
    ...{ engine: 'trivy', scope, owner, evaluatedAt: at, results },
    ...(reason === undefined ? { completeness: 'complete' } : { completeness: 'partial', reason }),
    ...(part === undefined ? {} : { parts: [part] }),
    ...(passes > 0
      ? {
          counts: [
            {
              ...({ policy: '', outcome: 'pass', severity: 'unknown', count: passes, owner } as const),
              enforcement: place.enforcement ?? 'audit',
              ...(part === undefined ? {} : { part }),
            },
          ],
        }
      : {}),
    digest: digestOf(bytes, at, part),
  };
  return { told: { reports: [report], exceptions: [exceptionsOf(report)] }, records, rejections };
}

const isConfig = (result: TrivyResult): boolean => result.class === 'config';

/** What the report says of itself wins: its cluster, or the repository that it was cloned from. */
function placeOf([first]: readonly TrivyReport[], { place }: ReadContext): ReadContext['place'] {
  const cluster = first?.resource?.cluster;
  // The name of a context, of which the place may know a better one.
  if (cluster !== undefined && cluster !== '' && place.cluster === undefined) return { ...place, cluster };
  const url =
    wordOf(first?.metadata.RepoURL) ?? (/^(https?|ssh|git):\/\//.test(first?.name ?? '') ? first?.name : undefined);
  const repository = url === undefined ? undefined : repositorySlug(url);
  return repository === undefined ? place : { ...place, repository };
}

function instancesIn(result: TrivyResult, where: Where): readonly (Instance | string)[] {
  const failed = listOf(result.raw.Misconfigurations).map(item =>
    isObject(item) ? instanceOf(item, where) : 'not_a_result',
  );
  const aside = listOf(result.raw.ExperimentalModifiedFindings)
    .filter(isObject)
    .filter(({ Type }) => Type === 'misconfiguration')
    .map(item => instanceOf(objectOf(item.Finding), where, wordOf(item.Statement) ?? wordOf(item.Source) ?? 'ignored'));
  return [...failed, ...aside];
}

/** Those that its summary counts and it doesn't list, as it does without `--include-non-failures`. */
function passesIn({ raw }: TrivyResult): number {
  const { Successes: all } = objectOf(raw.MisconfSummary);
  const listed = listOf(raw.Misconfigurations).filter(one => objectOf(one).Status === 'PASS').length;
  return typeof all === 'number' && Number.isSafeInteger(all) ? Math.max(0, all - listed) : 0;
}

function exceptionsOf({ engine, scope, evaluatedAt: readAt, results, parts }: Report): ExceptionList {
  const prefix = `${parts?.[0] ?? 'trivy'}/`;
  const excepted = results.filter(({ outcome }) => outcome === 'excepted');
  return {
    ...{ engine, scope, readAt, prefix },
    exceptions: excepted.map(({ policy, resource, message, owner, url }) => {
      const expiresAt = expiryOf(message);
      return {
        exception: `${prefix}${policy} ${resource}`,
        ...{ policy, resource, owner, isApplied: true },
        ...(message === undefined ? {} : { reason: message }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(url === undefined ? {} : { url }),
      };
    }),
  };
}
