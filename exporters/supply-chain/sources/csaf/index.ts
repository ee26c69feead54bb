/**
 * CSAF 2.0 documents with product statuses (profile `csaf_vex`, and advisories that have them): a statement for each
 * package URL of a status. Products that nothing but a name or CPE identifies are rejections: of what they speak can't be
 * told.
 */
import type { Rejection } from '../../../core/rejections.ts';
import { evaluatedAt } from '../../../findings/look.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { VexStatement } from '../../document.ts';
import { readParts } from '../../raw.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from '../../reading.ts';
import { imageOfPurl, ownerOf } from '../../sbom/artifact.ts';
import { purlsOf } from './products.ts';

export const csaf: DocumentKind = {
  kind: 'csaf',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isObject(json) && isObject(json.document) && 'csaf_version' in json.document,
  read: readCsaf,
};

const statuses: Readonly<Record<string, VexStatement['status']>> = {
  ...{ fixed: 'fixed', first_fixed: 'fixed', known_affected: 'affected', first_affected: 'affected' },
  ...{ last_affected: 'affected', known_not_affected: 'not_affected', under_investigation: 'under_investigation' },
};

async function readCsaf(document: RawDocument, context: ReadContext): Promise<Reading> {
  const read = await readParts(document, {});
  if ('fault' in read) return faulty(read.fault);
  const value = objectOf(read.value);
  const head = objectOf(value.document);
  if (!('csaf_version' in head)) return faulty('not_csaf');
  const tracking = objectOf(head.tracking);
  const author = wordOf(objectOf(head.publisher).name, 300);
  const means = {
    context,
    id: wordOf(tracking.id, 200) ?? context.file,
    at: evaluatedAt(wordOf(tracking.current_release_date) ?? wordOf(tracking.initial_release_date), context),
    ...(author === undefined ? {} : { author }),
    purls: purlsOf(objectOf(value.product_tree), author?.startsWith('Red Hat') ? 'redhat' : undefined),
  };
  const statements: VexStatement[] = [];
  const unnamed = new Set<string>();
  const rejections: Rejection[] = [];
  const vulnerabilities = listOf(value.vulnerabilities);
  for (const [index, one] of vulnerabilities.entries()) {
    const made = isObject(one) ? statementsOf(one, index, means, unnamed) : undefined;
    if (made) statements.push(...made);
    else rejections.push({ file: context.file, line: index + 1, reason: 'missing_vulnerability' });
  }
  for (const product of unnamed)
    rejections.push({ file: context.file, reason: 'product_without_purl', field: 'product_id', value: product });
  return { records: vulnerabilities.length + unnamed.size, rejections, heard: { vex: statements } };
}

interface Means {
  readonly context: ReadContext;
  readonly id: string;
  readonly at: string;
  readonly author?: string;
  readonly purls: ReadonlyMap<string, string>;
}

function statementsOf(one: JsonObject, index: number, means: Means, unnamed: Set<string>): VexStatement[] | undefined {
  const ids = listOf(one.ids).flatMap(id => wordOf(objectOf(id).text, 200) ?? []);
  const vulnerability = wordOf(one.cve, 200) ?? ids[0];
  if (vulnerability === undefined) return undefined;
  const aliases = ids.filter(id => id !== vulnerability && /^(?:CVE|GHSA|RHSA|OSV|GO|PYSEC)-/.test(id));
  const flags = wordsFor(one.flags, 'label');
  const threats = wordsFor(
    listOf(one.threats).filter(threat => objectOf(threat).category === 'impact'),
    'details',
  );
  const found = new Map<string, VexStatement>();
  for (const [key, status] of Object.entries(statuses))
    for (const product of listOf(objectOf(one.product_status)[key])) {
      if (typeof product !== 'string') continue;
      const purl = means.purls.get(product);
      if (purl === undefined) unnamed.add(product);
      else if (!found.has(`${status}\n${purl}`)) {
        const artifact = imageOfPurl(purl);
        const isNotAffected = status === 'not_affected';
        const [justification, statement] = [isNotAffected ? flags.get(product) : undefined, threats.get(product)];
        found.set(`${status}\n${purl}`, {
          ...{ id: `${means.id}#${index}.${found.size}`, vulnerability, status, at: means.at },
          ...(aliases.length > 0 && { aliases }),
          ...(artifact ? { artifact } : { purl }),
          ...(justification === undefined ? {} : { justification }),
          ...(isNotAffected && statement !== undefined && { statement }),
          ...(means.author === undefined ? {} : { author: means.author }),
          owner: ownerOf(means.context, artifact),
        });
      }
    }
  return [...found.values()];
}

/** By product, what a list of {product_ids, word} says of it. */
function wordsFor(list: unknown, key: string): ReadonlyMap<string, string> {
  return new Map(
    listOf(list).flatMap(one => {
      const word = wordOf(objectOf(one)[key]);
      return word === undefined ? [] : listOf(objectOf(one).product_ids).map(id => [String(id), word] as const);
    }),
  );
}
