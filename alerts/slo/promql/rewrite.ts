/** Expressions written anew: ranges filled in, and counters replaced by what they grew by. */
import { durationText } from '../durations.ts';
import {
  argumentsOf,
  bare,
  childrenOf,
  functionOf,
  type Node,
  nodesOf,
  type Parsed,
  PromqlError,
  withoutModifiers,
} from './parse.ts';
import { endsWith, type Selector, selectorOf } from './selectors.ts';

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text on one line and without comments; ranges that follow the window are `seconds` long. */
export function filled(parsed: Parsed, seconds: number): string {
  return applied(parsed, parsed.root, [...holeEdits(parsed, seconds)]);
}

/**
 * The text with each counter replaced. A counter is what `rate`, `irate` and `increase` are of; where none of them is
 * there, every selector is one but for those of what is no counter by its name. Aggregations and operators around them stay: growth adds up as rates do.
 * Within the functions of native histograms ranges stay ranges, `seconds` long, for histograms can't be compared.
 */
export function withCounters(parsed: Parsed, seconds: number, growth: (counter: Selector) => string): string {
  const calls = nodesOf(parsed.root).filter(node => /^(rate|irate|increase)$/.test(functionOf(parsed, node) ?? ''));
  const bareOnes = nodesOf(parsed.root).filter(isBareCounter);
  const growing = bareOnes.filter(node => !isNoCounter(selectorOf(parsed, node).metric ?? ''));
  const counters = calls.length > 0 ? calls : growing.length > 0 ? growing : bareOnes;
  if (counters.length === 0) throw new PromqlError('there is no counter in it', parsed.text, bare(parsed.root).from);
  const edits = counters.map((node): Edit => {
    const selector = counterOf(parsed, node);
    const to = calls.length > 0 ? node.to : endOfModifiers(node);
    const native = isWithinHistogram(parsed, node);
    const text = native ? `increase(${ranged(selector, seconds)})` : growth(selector);
    return { from: node.from, to, text };
  });
  const holes = holeEdits(parsed, seconds).filter(
    ({ from }) => !edits.some(edit => edit.from <= from && from < edit.to),
  );
  return applied(parsed, parsed.root, [...edits, ...holes]);
}

/** The selector with a range, and its own offset beside a further one. */
export function ranged({ text, offset }: Selector, seconds: number, further = 0): string {
  const total = offset + further;
  const moved = total === 0 ? '' : ` offset ${total < 0 ? '-' : ''}${durationText(Math.abs(total))}`;
  return `${text}[${durationText(seconds)}]${moved}`;
}

/** Whether it is one number already: a sum over everything. */
export function isTotal(parsed: Parsed): boolean {
  const node = bare(parsed.root);
  return (
    node.name === 'AggregateExpr' &&
    node.firstChild?.name === 'AggregateOp' &&
    !childrenOf(node).some(each => each.name === 'AggregateModifier') &&
    parsed.text.slice(node.from, node.from + 3).toLowerCase() === 'sum'
  );
}

function counterOf(parsed: Parsed, node: Node): Selector {
  const vector = node.name === 'VectorSelector' ? node : matrixOf(parsed, node);
  const selector = selectorOf(parsed, vector);
  if (selector.at !== undefined)
    throw new PromqlError('a counter at a fixed time (@) does not grow', parsed.text, node.from);
  if (selector.range === undefined && node !== vector)
    throw new PromqlError('the range of a counter has to be a plain duration', parsed.text, node.from);
  return selector;
}

function matrixOf(parsed: Parsed, call: Node): Node {
  const [given] = argumentsOf(call);
  const matrix = given && withoutModifiers(given);
  const vector =
    matrix?.name === 'MatrixSelector' ? nodesOf(matrix).find(each => each.name === 'VectorSelector') : undefined;
  if (vector === undefined)
    throw new PromqlError(
      'the growth of a subquery is not that of a counter; name the counter itself',
      parsed.text,
      call.from,
    );
  return vector;
}

/** What others are joined with, which never grows: `* on (job) group_left (team) team_info`. */
export const isNoCounter = (metric: string): boolean => metric === 'up' || metric.endsWith('_info');

const isBareCounter = (node: Node): boolean => node.name === 'VectorSelector' && node.parent?.name !== 'MatrixSelector';

/** Where the modifiers behind a selector end. */
function endOfModifiers(node: Node): number {
  let end = node.to;
  for (let [inner, outer] = [node, node.parent]; outer; [inner, outer] = [outer, outer.parent]) {
    if (/^(OffsetExpr|StepInvariantExpr)$/.test(outer.name)) end = outer.to;
    else if (!endsWith(outer, inner)) break;
  }
  return end;
}

function isWithinHistogram(parsed: Parsed, node: Node): boolean {
  for (let outer = node.parent; outer; outer = outer.parent)
    if (/^histogram_(?!quantile)/.test(functionOf(parsed, outer) ?? '')) return true;
  return false;
}

const holeEdits = ({ holes, text }: Parsed, seconds: number): readonly Edit[] =>
  [...holes].map(from => ({
    from,
    to: from + (/^5m\s*/.exec(text.slice(from))?.[0].length ?? 2),
    text: durationText(seconds),
  }));

const stringsAndSpace = /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)|(?:#[^\n]*|\s)+/g;

function applied({ text }: Parsed, { from, to }: Node, edits: readonly Edit[]): string {
  let [at, made] = [from, ''];
  for (const edit of edits.toSorted((a, b) => a.from - b.from)) {
    made += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  made += text.slice(at, to);
  return made.replace(stringsAndSpace, (_, string: string | undefined) => string ?? ' ').trim();
}
