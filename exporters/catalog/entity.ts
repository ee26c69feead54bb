/** A Backstage entity as far as Plumbline reads it (descriptor format v1alpha1; Template v1beta3 is tolerated). */
import { isMap, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Reject } from '../core/source.ts';
import { parseRef, refOf } from './refs.ts';

export interface Entity {
  /** `kind:namespace/name` in lower case. */
  readonly ref: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `spec.type`, such as `team` of a Group or `service` of a Component. */
  readonly type: string | undefined;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly lifecycle: string | undefined;
  readonly links: readonly { readonly url: string; readonly title: string; readonly type: string }[];
  readonly tags: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Complete references, by field of the spec. */
  readonly owner: string | undefined;
  readonly system: string | undefined;
  readonly domain: string | undefined;
  readonly subdomainOf: string | undefined;
  readonly parent: string | undefined;
  readonly children: readonly string[];
  readonly members: readonly string[];
  readonly memberOf: readonly string[];
  /** Of a Location: files and globs of further entities, relative to its own file, and addresses. */
  readonly targets: readonly string[];
  /** Where it was read: a file, or the name of an item of `catalog.backstage`, which is `api` then too. */
  readonly file: string;
  /** 1-based line of the document's first key; of what an API tells the number of the entity. */
  readonly line: number;
  readonly api?: string;
}

export type CatalogReject = Reject & { readonly line: number };

const name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, 'name_not_valid');
const reference = z.string().optional().catch(undefined);
/** Of a list each that is understood: one that is not takes none of the others with it. */
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(z.unknown())
    .catch([])
    .transform(list =>
      list.flatMap(one => {
        const read = schema.safeParse(one);
        return read.success ? [read.data] : [];
      }),
    );
const references = listOf(z.string());
/** A version such as 3.11 is a number in YAML. */
const tags = listOf(z.union([z.string(), z.number().transform(String)]));
const links = listOf(z.looseObject({ url: z.string(), title: z.string().catch(''), type: z.string().catch('') }));
const texts = z.record(z.string(), z.unknown()).catch({});

/** A key with nothing after it is none. */
const absent = (value: unknown) => value ?? undefined;

const descriptor = z.looseObject({
  apiVersion: z.string().regex(/^([a-z0-9-]+\.)?backstage\.io\//, 'not_an_entity'),
  kind: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'not_an_entity'),
  metadata: z.looseObject({
    name,
    namespace: z.preprocess(absent, name.default('default')),
    title: reference,
    description: reference,
    links: links.default([]),
    tags: tags.default([]),
    annotations: texts.default({}),
  }),
  spec: z.preprocess(
    value => value ?? {},
    z.looseObject({
      type: reference,
      lifecycle: reference,
      owner: reference,
      system: reference,
      domain: reference,
      subdomainOf: reference,
      parent: reference,
      children: references.default([]),
      members: references.default([]),
      memberOf: references.default([]),
      target: reference,
      targets: references.default([]),
    }),
  ),
});

/** Fields of the spec that say whose an entity is, and whether they are lists. */
const relations = {
  ...{ owner: false, system: false, domain: false, subdomainOf: false, parent: false },
  ...{ children: true, members: true, memberOf: true },
} as const;

/** What of a spec's relations is none: it is left out, and told. */
function strayRelations(spec: unknown): readonly string[] {
  if (typeof spec !== 'object' || spec === null) return [];
  const stray = (value: unknown, isList: boolean): boolean =>
    isList ? !Array.isArray(value) || value.some(one => typeof one !== 'string') : typeof value !== 'string';
  return Object.entries(relations).flatMap(([field, isList]) => {
    const value = (spec as Record<string, unknown>)[field];
    return value === undefined || value === null || !stray(value, isList) ? [] : [field];
  });
}

/** Reads every document of one file; a broken one is rejected with its line, and the rest goes on. */
export function parseEntities(file: string, text: string): { entities: Entity[]; rejects: CatalogReject[] } {
  const entities: Entity[] = [];
  const rejects: CatalogReject[] = [];
  for (const part of documents(text)) {
    const counter = new LineCounter();
    const document = parseDocument(part.text, { lineCounter: counter, logLevel: 'error', merge: true });
    const reject = (line: number, reason: string, detail: { field?: string; value?: string }) =>
      rejects.push({ source: 'catalog', file, line: line + part.line - 1, reason, ...detail });
    const lineAt = (offset: number | undefined) => Math.max(1, counter.linePos(offset ?? 0).line);
    const start = lineAt(document.contents?.range?.[0]);
    const rangeOf = (path: readonly (string | number)[]) => {
      const node = document.getIn(path, true);
      return node && typeof node === 'object' && 'range' in node ? (node.range as number[] | undefined) : undefined;
    };
    const broken = document.errors[0];
    if (broken) {
      // Its own words count lines from the document's beginning.
      const said = (broken.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
      const isSkeleton = skeleton.test(part.text);
      reject(broken.linePos?.[0].line ?? start, isSkeleton ? 'template_not_filled_in' : 'yaml_not_valid', {
        value: cut(said),
      });
      continue;
    }
    if (document.contents === null) continue;
    if (!isMap(document.contents)) {
      reject(start, 'not_an_entity', { value: cut(String(document.contents)) });
      continue;
    }
    let content: unknown;
    try {
      content = document.toJS();
    } catch (error) {
      reject(start, 'yaml_not_valid', { value: cut(error instanceof Error ? error.message : String(error)) });
      continue;
    }
    const parsed = descriptor.safeParse(content);
    if (parsed.success) {
      entities.push(entityOf(parsed.data, file, start + part.line - 1));
      for (const field of strayRelations((content as { spec?: unknown }).spec)) {
        const [from, to] = rangeOf(['spec', field]) ?? document.contents.range ?? [];
        // As it is written: a value may hold itself.
        const value = cut(part.text.slice(from, to).trim());
        reject(lineAt(from), 'field_not_valid', { field: `spec.${field}`, value });
      }
    } else {
      const issue = parsed.error.issues[0];
      const path = (issue?.path ?? []) as readonly (string | number)[];
      const value = document.getIn(path);
      const at = rangeOf(path);
      const isSkeleton = at !== undefined && skeleton.test(part.text.slice(at[0], at[1]));
      reject(at ? lineAt(at[0]) : start, isSkeleton ? 'template_not_filled_in' : reasonOf(issue, value), {
        field: path.join('.'),
        ...(value === undefined || typeof value === 'object' ? {} : { value: cut(String(value)) }),
      });
    }
  }
  return { entities, rejects };
}

/** Reads one entity as an API tells it; `record` is its number, from 1, in what `from` has told. */
export function readEntity(
  from: string,
  record: number,
  content: unknown,
): { entity: Entity } | { reject: CatalogReject } {
  const parsed = descriptor.safeParse(content);
  if (parsed.success) return { entity: { ...entityOf(parsed.data, from, record), api: from } };
  const [issue] = parsed.error.issues;
  const value = (issue?.path ?? []).reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    content,
  );
  return {
    reject: {
      ...{ source: 'catalog', file: from, line: record, reason: reasonOf(issue, value) },
      field: issue?.path.join('.') ?? '',
      ...(value === undefined || typeof value === 'object' ? {} : { value: cut(String(value)) }),
    },
  };
}

const reasonOf = (issue: { code?: string; message: string } | undefined, value: unknown) =>
  value === undefined ? 'field_missing' : issue?.code === 'invalid_format' ? issue.message : 'field_not_valid';

/** What Backstage's scaffolder and cookiecutter fill in: a file with it is a template's, and no entity yet. */
const skeleton = /\$?\{\{|\{%/;

const cut = (text: string) => text.slice(0, 200);

// Split before parsing: the parser lets an open quote or bracket swallow the documents after it, and by YAML's own
// rule `---` at a line's beginning ends a document wherever it stands.
function documents(text: string): { text: string; line: number }[] {
  const parts: { text: string; line: number }[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  let from = 0;
  for (let index = 0; index <= lines.length; index += 1) {
    if (index < lines.length && !/^(---|\.\.\.)(\s|$)/.test(lines[index] ?? '')) continue;
    const part = lines.slice(from, index);
    if (part.some(line => /^[^#%\s]|^\s+[^#\s]/.test(line) && !/^(---|\.\.\.)\s*(#.*)?$/.test(line)))
      parts.push({ text: part.join('\n'), line: from + 1 });
    from = index;
  }
  return parts;
}

function entityOf(data: z.infer<typeof descriptor>, file: string, line: number): Entity {
  const { kind, metadata, spec } = data;
  const { namespace } = metadata;
  const one = (text: string | undefined, kindByDefault: string) =>
    text === undefined ? undefined : (parseRef(text, { kind: kindByDefault, namespace }) ?? text);
  const many = (list: readonly string[], kindByDefault: string) =>
    list.flatMap(text => parseRef(text, { kind: kindByDefault, namespace }) ?? []);
  return {
    ref: refOf(kind, namespace, metadata.name),
    kind,
    namespace,
    name: metadata.name,
    type: spec.type,
    title: metadata.title,
    description: metadata.description,
    lifecycle: spec.lifecycle,
    links: metadata.links.map(({ url, title, type }) => ({ url, title, type })),
    tags: metadata.tags,
    annotations: Object.fromEntries(
      Object.entries(metadata.annotations).flatMap(([key, value]) =>
        ['string', 'number', 'boolean'].includes(typeof value) ? [[key, String(value)]] : [],
      ),
    ),
    owner: one(spec.owner, 'group'),
    system: one(spec.system, 'system'),
    domain: one(spec.domain, 'domain'),
    subdomainOf: one(spec.subdomainOf, 'domain'),
    parent: one(spec.parent, 'group'),
    children: many(spec.children, 'group'),
    members: many(spec.members, 'user'),
    memberOf: many(spec.memberOf, 'group'),
    targets:
      kind.toLowerCase() === 'location' ? [...(spec.target === undefined ? [] : [spec.target]), ...spec.targets] : [],
    file,
    line,
  };
}
