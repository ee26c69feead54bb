/**
 * OpenVEX 0.0.1 and 0.2.0: who says what of a vulnerability in which products. A statement without a time of its own has
 * that of its document; of two of one time about the same the later in the list holds.
 */
import type { Rejection } from '../../../core/rejections.ts';
import { evaluatedAt } from '../../../findings/look.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { VexStatement } from '../../document.ts';
import { digestOfDocument, readParts } from '../../raw.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from '../../reading.ts';
import { ownerOf } from '../../sbom/artifact.ts';
import { productsOf } from './products.ts';

export const openvex: DocumentKind = {
  kind: 'openvex',
  accepts: name => /\.json$/i.test(name),
  isLarge: true,
  recognises: ({ json }) => isObject(json) && Array.isArray(json.statements) && isOpenVex(json),
  read: readOpenVex,
};

/** Some of the documents that vexctl merged have an empty `@context`. */
const isOpenVex = (json: JsonObject): boolean =>
  /openvex\.dev\/ns/.test(String([json['@context']].flat()[0])) ||
  (!('payload' in json || 'predicate' in json) && '@id' in json && listOf(json.statements).every(isStatement));

const isStatement = (value: unknown): boolean => isObject(value) && 'vulnerability' in value && 'status' in value;

const statuses: readonly string[] = ['not_affected', 'affected', 'fixed', 'under_investigation'];

async function readOpenVex(document: RawDocument, context: ReadContext): Promise<Reading> {
  const told: unknown[] = [];
  const read = await readParts(document, { each: { statements: one => void told.push(one) } });
  if ('fault' in read) return faulty(read.fault);
  const value = objectOf(read.value);
  const isList = Array.isArray(value.statements);
  if (!isList || !(isOpenVex(value) || told.every(isStatement))) return faulty('not_openvex');
  const rejections: Rejection[] = [];
  const statements = new Map<string, VexStatement>();
  const means = {
    context,
    id: wordOf(value['@id'], 500) ?? (await digestOfDocument(document, '')),
    author: wordOf(value.author, 300),
    at: evaluatedAt(wordOf(value.timestamp) ?? wordOf(value.last_updated), context),
  };
  for (const [index, one] of told.entries()) {
    const made = isObject(one) ? statementsOf(one, index, means) : 'not_a_statement';
    if (typeof made === 'string') rejections.push({ file: context.file, line: index + 1, reason: made });
    else
      for (const statement of made) {
        const { vulnerability, artifact, purl, at } = statement;
        statements.set(JSON.stringify([vulnerability, artifact, purl, at]), statement);
      }
  }
  return { records: told.length, rejections, heard: { vex: [...statements.values()] } };
}

interface Means {
  readonly context: ReadContext;
  readonly id: string;
  readonly author: string | undefined;
  readonly at: string;
}

function statementsOf(one: JsonObject, index: number, { context, id, author, at }: Means): VexStatement[] | string {
  const named = isObject(one.vulnerability) ? one.vulnerability : { name: one.vulnerability };
  const vulnerability = wordOf(named.name, 200) ?? wordOf(named['@id'], 200)?.split('/').at(-1);
  if (vulnerability === undefined) return 'missing_vulnerability';
  const status = wordOf(one.status) ?? '';
  if (!statuses.includes(status)) return 'unknown_status';
  const products = productsOf(one.products, context);
  if (products.length === 0) return 'missing_product';
  const aliases = listOf(named.aliases).flatMap(alias => wordOf(alias, 200) ?? []);
  const justification = wordOf(one.justification, 200);
  const statement = wordOf(one.impact_statement) ?? wordOf(one.action_statement) ?? wordOf(one.status_notes);
  const said = wordOf(one.timestamp);
  return products.map((product, place) => ({
    ...{ id: `${id}#${index}.${place}`, vulnerability, ...product },
    ...(aliases.length > 0 && { aliases }),
    status: status as VexStatement['status'],
    ...(justification === undefined ? {} : { justification }),
    ...(statement === undefined ? {} : { statement }),
    ...(author === undefined ? {} : { author }),
    at: said === undefined ? at : evaluatedAt(said, { at: new Date(at), now: context.now }),
    owner: ownerOf(context, product.artifact),
  }));
}
