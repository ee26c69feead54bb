/** One bill of materials, from its lists as they come and then the rest of it. */
import type { Rejection } from '../../../core/rejections.ts';
import { evaluatedAt } from '../../../findings/look.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Sbom, Scan, VexStatement } from '../../document.ts';
import type { ReadContext, Reading } from '../../reading.ts';
import { artifactOf, ownerOf } from '../../sbom/artifact.ts';
import { gapsOf, packages, type Told } from '../../sbom/components.ts';
import { bomLink, describedBy, isIncomplete, isPackage, packageOf } from './component.ts';
import type { Refs } from './refs.ts';
import { scanOf } from './scan.ts';
import { statementsOf } from './vex.ts';
import { type Vulnerability, vulnerabilityOf } from './vulnerability.ts';

export interface BomMeans {
  readonly digest: (at: string) => Promise<string>;
  readonly tools: readonly string[];
}

/** `head`: what it is of, where that is known before the packages, as nearly everywhere. */
export function readBom(context: ReadContext, head: JsonObject) {
  const [rootRef, rootPurl] = [wordOf(head['bom-ref']), wordOf(head.purl)];
  const found = packages();
  /** The refs of packages and these, in one order: a map is made of them where one is looked up. */
  const [ids, named]: [string[], Told[]] = [[], []];
  const rejections: Rejection[] = [];
  const vulnerabilities: Vulnerability[] = [];
  const direct = new Set<string>();
  const system: { name?: string; version?: string } = {};
  let [records, hasDependencies, hasRootDependencies] = [0, false, false];

  const reject = (reason: string) => void rejections.push({ file: context.file, line: records, reason });

  function component(told: unknown): void {
    const waiting: unknown[] = [told];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      records += 1;
      if (!isObject(next)) {
        reject('not_a_component');
        continue;
      }
      // Not by spread: lists of a hundred thousand are no arguments.
      for (const inside of listOf(next.components)) waiting.push(inside);
      for (const one of listOf(objectOf(next).vulnerabilities)) vulnerability(one, wordOf(next['bom-ref']));
      if (next.type === 'operating-system')
        Object.assign(system, { name: wordOf(next.name), version: wordOf(next.version) });
      if (!isPackage(next) || (rootRef !== undefined && next['bom-ref'] === rootRef)) continue;
      if (rootPurl !== undefined && next.purl === rootPurl) continue;
      const added = found.add(packageOf(next));
      if (added === undefined) reject('missing_name');
      else if (typeof next['bom-ref'] === 'string' && ids.push(next['bom-ref']) > 0) named.push(added);
    }
  }

  function vulnerability(told: unknown, of?: string): void {
    const read = isObject(told) ? vulnerabilityOf(told, of) : 'not_a_vulnerability';
    if (typeof read !== 'string') vulnerabilities.push(read);
    else reject(read);
  }

  function dependency(told: unknown): void {
    if (!isObject(told)) return;
    const on = [...listOf(told.dependsOn), ...listOf(told.provides)];
    if (on.length === 0) return;
    hasDependencies = true;
    if (rootRef === undefined || told.ref !== rootRef) return;
    hasRootDependencies = true;
    for (const ref of on) if (typeof ref === 'string') direct.add(ref);
  }

  return {
    each: {
      components: component,
      dependencies: dependency,
      vulnerabilities: (told: unknown) => {
        records += 1;
        vulnerability(told);
      },
    },
    end: async (bom: JsonObject, means: BomMeans): Promise<Reading> => {
      const { tools } = means;
      const metadata = objectOf(bom.metadata);
      const root = isObject(metadata.component) ? metadata.component : undefined;
      // Some describe a system: nested in what it is of.
      for (const inside of listOf(root?.components)) component(inside);
      const artifact = artifactOf(root ? describedBy(root) : {}, context);
      const owner = ownerOf(context, artifact);
      const said = wordOf(metadata.timestamp);
      const at = evaluatedAt(said, context);
      if (hasRootDependencies)
        for (const [index, one] of named.entries()) one.isDirect = one.isDirect === true || direct.has(ids[index]!);
      const refs = new Map(vulnerabilities.length === 0 ? [] : ids.map((id, index) => [id, named[index]!] as const));
      const [link, digest] = [bomLink(bom), await means.digest(at)];
      const rest = { artifact, owner, at, tool: tools[0] ?? '', rejected: rejections.length };
      const index: Refs = { root: rootRef ?? wordOf(root?.['bom-ref']), link, packages: refs };
      const isVexOnly = found.components.length === 0 && vulnerabilities.length > 0;
      const scan = scanOf(
        isVexOnly ? vulnerabilities.filter(({ analysis }) => analysis === undefined) : vulnerabilities,
        index,
        {
          ...rest,
          digest,
          isVexOnly,
          ...(system.name === undefined ? {} : { os: { family: system.name, version: system.version ?? '' } }),
        },
      );
      const vex = statementsOf(vulnerabilities, index, {
        ...rest,
        document: link ?? digest,
        author: authorOf(metadata),
      });
      const marks = {
        ...{ hasDependencies, hasTimestamp: said !== undefined && !Number.isNaN(Date.parse(said)) },
        ...{ hasAuthor: tools.length > 0 || authorOf(metadata) !== undefined, isDeclaredIncomplete: isIncomplete(bom) },
      };
      const sbom: Sbom = {
        ...{ artifact, format: 'cyclonedx', specVersion: String(bom.specVersion), tool: tools[0] ?? '', createdAt: at },
        ...{ components: found.components, gaps: gapsOf(found, marks), digest: digest, owner },
        ...(link === undefined ? {} : { bom: { link, ref: index.root ?? '' } }),
      };
      return {
        records,
        rejections,
        heard: told({ sbom: isVexOnly ? undefined : sbom, scan, vex }),
      };
    },
  };
}

const told = (all: {
  readonly sbom: Sbom | undefined;
  readonly scan: Scan | undefined;
  readonly vex: readonly VexStatement[];
}): Reading['heard'] => ({
  ...(all.sbom && { sboms: [all.sbom] }),
  ...(all.scan && { scans: [all.scan] }),
  ...(all.vex.length > 0 && { vex: all.vex }),
});

/** People before organisations. */
function authorOf(metadata: JsonObject): string | undefined {
  const people = listOf(metadata.authors).flatMap(one => wordOf(objectOf(one).name, 200) ?? []);
  const firms = [metadata.manufacturer, metadata.manufacture, metadata.supplier];
  return people[0] ?? firms.flatMap(one => wordOf(objectOf(one).name, 200) ?? [])[0];
}
