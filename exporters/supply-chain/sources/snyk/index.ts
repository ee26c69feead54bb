/**
 * Snyk's documents: what `snyk test --json` and `snyk container test --json` write (one project an object, several a list,
 * unmanaged C and C++ with `issuesData`), and pages of issues of its REST API. Its infrastructure and its code are the
 * policy exporter's.
 */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, wordOf } from '../../../formats/json.ts';
import type { Scan } from '../../document.ts';
import { packageNames } from '../../packages.ts';
import { digestOfDocument } from '../../raw.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from '../../reading.ts';
import { rejection, scansReading } from '../../scanned.ts';
import { type Slimming, slimValue, without } from '../../slim.ts';
import { sarif } from '../sarif/index.ts';
import { isIssuePage, readIssuePage } from './issue-page.ts';
import { artifactOf, isContainer, readProject, targetOf } from './project.ts';

export const snyk: DocumentKind = {
  kind: 'snyk',
  accepts: name => /\.(json|sarif)$/i.test(name),
  isLarge: true,
  recognises: ({ json }) => isIssuePage(json) || projectsIn(json).some(isProject),
  read: async (document, context) => {
    if (document.json === undefined && document.outline === undefined) return faulty('not_json');
    const read = await slimValue(document, slimming);
    if ('fault' in read) return faulty(read.fault);
    const json = read.value;
    const identity = () => digestOfDocument(document, context.at.toISOString());
    if (isIssuePage(json)) return readIssuePage(json, await identity(), context);
    const whole = { ...document, json };
    if (sarif.recognises(whole)) return sarif.read(whole, context);
    const results = projectsIn(json);
    if (!results.some(isProject)) return faulty(results.length === 0 && Array.isArray(json) ? 'empty' : 'not_snyk');
    if (results.every(isInfrastructure)) return faulty('belongs_to_policy');
    return readProjects(results, await identity(), context);
  },
};

const slimming: Slimming = Object.fromEntries(
  ['', '[].', 'applications[].', '[].applications[].'].map(project => [
    `${project}vulnerabilities`,
    without('description', 'references', 'credit', 'insights'),
  ]),
);

const projectsIn = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json : [json]);

const isInfrastructure = (result: unknown): boolean =>
  isObject(result) && Array.isArray(result.infrastructureAsCodeIssues);

/** Fields that tell it from other tools' reports with `vulnerabilities`. */
function isProject(result: unknown): result is JsonObject {
  if (!isObject(result)) return false;
  if (isInfrastructure(result) || (isObject(result.issuesData) && Array.isArray(result.issues))) return true;
  if (typeof result.ok !== 'boolean') return false;
  const isKnown = ['packageManager', 'dependencyCount', 'uniqueCount', 'projectName'].some(key => key in result);
  return Array.isArray(result.vulnerabilities)
    ? isKnown || Object.keys(result).length <= 3
    : typeof result.error === 'string';
}

async function readProjects(listed: readonly unknown[], identity: string, context: ReadContext): Promise<Reading> {
  const results = oneAnImage(listed, context);
  const breathe = breather();
  const packageName = packageNames();
  const scans: Scan[] = [];
  const rejections: Rejection[] = [];
  const parts = partsOf(results);
  let records = 0;
  for (const [index, result] of results.entries()) {
    const line = index + 1;
    if (isInfrastructure(result)) rejections.push(rejection(context, { line, reason: 'belongs_to_policy' }));
    else if (!isProject(result)) rejections.push(rejection(context, { line, reason: 'not_a_project' }));
    else {
      const read = await readProject(result, { context, identity, packageName, breathe, part: parts[index] });
      scans.push(read.scan);
      records += read.records;
      rejections.push(...read.rejections);
    }
  }
  return scansReading(scans, records, rejections);
}

/** Older ones list an image's applications beside it; they are looks at the same image, and of two the second would win. */
function oneAnImage(results: readonly unknown[], context: ReadContext): readonly unknown[] {
  const first = new Map<string, number>();
  const merged = [...results];
  for (const [index, result] of results.entries()) {
    if (!isProject(result) || isInfrastructure(result) || !isContainer(result)) continue;
    const { name, tag = '', digests } = artifactOf(result, context);
    const key = JSON.stringify([name, tag, digests]);
    const before = first.get(key);
    if (before === undefined) first.set(key, index);
    else {
      const image = merged[before] as JsonObject;
      merged[before] = { ...image, applications: [...listOf(image.applications), result] };
      merged[index] = undefined;
    }
  }
  return merged.filter(result => result !== undefined);
}

/**
 * What each project is called in its repository: its manifest, with its name where several have one manifest; its folder
 * where none is said. An image is looked at as a whole.
 */
function partsOf(results: readonly unknown[]): readonly (string | undefined)[] {
  const said = results.map(result => {
    if (!isObject(result) || isContainer(result)) return undefined;
    return targetOf(result) ?? (results.length > 1 ? folderOf(result) : undefined);
  });
  return said.map((part, index) => {
    if (part === undefined || said.filter(one => one === part).length === 1) return part;
    const result = results[index];
    const name = isObject(result) ? wordOf(result.projectName, 300) : undefined;
    return name === undefined ? `${part}#${index + 1}` : `${part}#${name}`;
  });
}

/** Of an absolute path its last folder: what is before it differs between machines. */
function folderOf(result: JsonObject): string {
  const path = (wordOf(result.path, 500) ?? '').replaceAll('\\', '/').replace(/\/+$/, '');
  const isAbsolute = /^(?:\/|[a-z]:\/)/i.test(path);
  return isAbsolute ? path.slice(path.lastIndexOf('/') + 1) : path.replace(/^\.\//, '');
}
