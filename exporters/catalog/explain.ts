/** `plumbline explain`: who owns a thing, which rule says so, since when, and who owned it before. */
import type { Reader, Row } from '../core/ledger.ts';
import { byCatalog, type Ownership, type Step } from './ownership.ts';
import type { Miss, OwnerAttributes } from './rules.ts';
import { endOfDays, firstDay, versionSpans } from './timeline.ts';
import { ownershipOfVersion, versionsOf } from './versions.ts';

export type ExplainedKind = 'resource' | 'repository' | 'image';

/** Keys of one thing differ by their tags; more than these tell nobody anything. */
const keysShown = 5;

/**
 * Tells about a thing from the ledger as of a UTC day: one paragraph for each set of attributes it was seen with.
 * Undefined where the ledger has no such id; then its rules don't read this kind, or nothing was seen of it.
 */
export async function explainOwned(
  reader: Reader,
  kind: ExplainedKind,
  id: string,
  day: string,
): Promise<string | undefined> {
  const keys = await reader.all(
    `SELECT owner_key::VARCHAR AS owner_key, any_value(attributes)::VARCHAR AS attributes, min(learned_at) AS learned
     FROM owner_keys WHERE json_extract_string(attributes, $path) = $id
     GROUP BY owner_key ORDER BY learned DESC, owner_key LIMIT $limit::INTEGER`,
    { path: `$.${kind}`, id, limit: keysShown + 1 },
  );
  if (keys.length === 0) return undefined;
  const version = versionSpans(await versionsOf(reader)).findLast(span => span.from <= day)?.version;
  const ownership = version && (await ownershipOfVersion(reader, version));
  const paragraphs: string[] = [];
  for (const key of keys.slice(0, keysShown)) {
    const attributes = JSON.parse(String(key.attributes)) as OwnerAttributes;
    const spans = await reader.all(
      `SELECT valid_from::VARCHAR AS valid_from, valid_to::VARCHAR AS valid_to, team, service, environment, split,
         rules::VARCHAR AS rules
       FROM owners WHERE owner_key = $key::HUGEINT ORDER BY valid_from`,
      { key: String(key.owner_key) },
    );
    const current = spans.findLast(span => String(span.valid_from) <= day);
    const bearers = current && (await bearersOf(reader, current, day));
    paragraphs.push(paragraph(kind, id, attributes, { spans, current, bearers }, day, ownership));
  }
  if (keys.length > keysShown)
    paragraphs.push(`… and with further sets of attributes; the ${keysShown} newest are shown`);
  return paragraphs.join('\n\n');
}

interface Owners {
  readonly spans: readonly Row[];
  /** The span that holds the day. */
  readonly current: Row | undefined;
  /** Who bears it, where it is split. */
  readonly bearers: string | undefined;
}

/** How a split divides what its rule gives it, in words; a rule that gives a team later says only who has the rest. */
async function bearersOf(reader: Reader, { team, split }: Row, day: string): Promise<string | undefined> {
  if (split === null || split === undefined || split === '') return undefined;
  const shares = await reader.all(
    `SELECT team, weight::BIGINT AS weight, method, usage FROM splits
     WHERE split = $split AND valid_from <= $day::DATE AND $day::DATE < valid_to ORDER BY team`,
    { split: String(split), day },
  );
  const divided = `divided by split ${String(split)}`;
  const [first] = shares;
  if (first === undefined) return `${divided}, which nobody shares on ${day}: ${String(team)} bears it`;
  if (first.method === 'usage') return `${divided}: in proportion to usage ${String(first.usage)}`;
  if (first.weight === null)
    return `${divided}: in proportion to own spend, ${shares.map(share => String(share.team)).join(', ')}`;
  const total = shares.reduce((sum, { weight }) => sum + Number(weight), 0);
  return `${divided}: ${shares.map(share => `${String(share.team)} ${fraction(Number(share.weight), total)}`).join(', ')}`;
}

function fraction(part: number, whole: number): string {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const common = divisor(part, whole);
  return part === whole ? 'all' : `${part / common}/${whole / common}`;
}

function paragraph(
  kind: ExplainedKind,
  id: string,
  attributes: OwnerAttributes,
  { spans, current, bearers }: Owners,
  day: string,
  ownership: Ownership | undefined,
): string {
  const lines = [`${kind} ${id}${shownAttributes(kind, attributes)}`];
  if (current === undefined) lines.push('  its owner is not resolved yet; the next refresh does it');
  else {
    const rules = JSON.parse(String(current.rules)) as Record<string, string>;
    for (const attribute of ['team', 'service', 'environment']) {
      const decides = attribute === 'team' && bearers !== undefined ? 'split' : attribute;
      const value = decides === 'split' ? bearers : current[attribute];
      const rule = rules[decides];
      const from = rule === byCatalog ? toldBy(ownership, current) : '';
      const by = rule === undefined ? 'no rule gives one' : `by rule "${rule}"${from}`;
      lines.push(`  ${attribute}: ${String(value)} (${by}, ${since(spans, current, decides)})`);
    }
    const owners = spans.map(span => `${shownSpan(span)}: ${ownerText(span)}`);
    if (owners.length > 1) lines.push('  owners over time:', ...owners.map(line => `    ${line}`));
  }
  if (ownership)
    lines.push(
      `  rules on ${day}, in order:`,
      ...explainSteps(ownership.explainOwner(attributes, day).steps).map(line => `    ${line}`),
    );
  return lines.join('\n');
}

/** Which Backstage server has told the Component, else the Group, that the catalog gives; '' where a file did. */
function toldBy(ownership: Ownership | undefined, { service, team }: Row): string {
  const { services = [], teams = [] } = ownership?.document.directory ?? {};
  const entity = services.find(one => one.service === service) ?? teams.find(one => one.team === team);
  return entity?.api === undefined ? '' : ` as Backstage ${entity.api} has it`;
}

/** One line a rule: what it gave, or why it said nothing. */
export const explainSteps = (steps: readonly Step[]): string[] =>
  steps.map((step, index) => {
    const isSplit = steps.slice(0, index).some(before => before.matched && before.taken.includes('split'));
    return `${index + 1}. ${step.rule}: ${step.matched ? gave(step, isSplit) : why(step.miss)}`;
  });

function gave({ gives, taken }: Extract<Step, { matched: true }>, isSplit: boolean): string {
  const parts = Object.entries(gives).map(([attribute, value]) => {
    if (isSplit && attribute === 'team') return `team ${value} (an earlier rule splits it)`;
    const late = taken.some(name => name === attribute) ? '' : ' (an earlier rule gave one)';
    return `${attribute} ${value}${late}`;
  });
  return `gives ${parts.join(', ')}`;
}

function why(miss: Miss): string {
  switch (miss.reason) {
    case 'not_valid':
      return `does not hold on this day${miss.from === undefined ? '' : `, from ${miss.from}`}${miss.to === undefined ? '' : `, until ${miss.to}`}`;
    case 'condition':
      return miss.value === undefined ? `has no ${miss.attribute}` : `${miss.attribute} ${miss.value} does not match`;
    case 'tag_absent':
      return `has no tag ${miss.keys.join(', ')}`;
    case 'account_unknown':
      return miss.value === undefined ? 'has no account' : `account ${miss.value} is not listed`;
    case 'team_unknown':
      return `"${miss.value}" is no Group of the catalog, and no alias of one`;
  }
}

// The value may be older than its span: another attribute may have changed meanwhile.
function since(spans: readonly Row[], current: Row, attribute: string): string {
  let from = String(current.valid_from);
  for (const span of spans.toReversed()) {
    if (String(span.valid_from) > from) continue;
    if (span[attribute] !== current[attribute]) break;
    from = String(span.valid_from);
  }
  return from === firstDay ? 'since the beginning' : `since ${from}`;
}

function shownSpan({ valid_from: from, valid_to: to }: Row): string {
  const begin = from === firstDay ? 'the beginning' : String(from);
  return to === endOfDays ? `from ${begin} on` : `${begin} to ${to} (not included)`;
}

const ownerText = ({ team, service, environment, split }: Row) =>
  `${split === null || split === '' ? `team ${String(team)}` : `split ${String(split)}`}, service ${String(service)}, environment ${String(environment)}`;

function shownAttributes(kind: ExplainedKind, { tags, ...attributes }: OwnerAttributes): string {
  const plain = Object.entries(attributes).filter(([name, value]) => name !== kind && value !== '');
  const all = [...plain, ...Object.entries(tags ?? {}).map(([name, value]) => [`tag ${name}`, value] as const)];
  return all.length === 0 ? '' : ` with ${all.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}`;
}
