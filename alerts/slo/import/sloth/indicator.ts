/** Sloth's queries as indicators. It divides rates of a window; here events are counted, so what it sums is taken apart. */
import type { Events, Indicator } from '../../model.ts';
import { type Notes, Unimportable } from '../imported.ts';
import { bare, callOf, nodesOf, operationOf, type Parsed, parsePromql, type SyntaxNode, sourceOf } from '../text.ts';

export function eventsIndicator(errorQuery: string, totalQuery: string, notes: Notes): Indicator {
  const events = eventsIn(parsePromql(errorQuery, 'the error query'), notes);
  const total = eventsIn(parsePromql(totalQuery, 'the total query'), notes);
  return alike({ kind: 'events', numerator: 'bad', events: needed(events, 'error'), total: needed(total, 'total') });
}

export function goodIndicator(goodQuery: string, totalQuery: string, notes: Notes): Indicator {
  const events = eventsIn(parsePromql(goodQuery, 'the query of good events'), notes);
  const total = eventsIn(parsePromql(totalQuery, 'the query of all events'), notes);
  return alike({ kind: 'events', numerator: 'good', events: needed(events, 'good'), total: needed(total, 'total') });
}

/** Growth of a counter and samples of a gauge are no parts of each other. */
function alike(indicator: Indicator & { readonly kind: 'events' }): Indicator {
  if (indicator.events.of === indicator.total.of) return indicator;
  throw new Unimportable(
    `one of its queries is over a ${indicator.events.of}, the other over a ${indicator.total.of}: their events are not of one kind`,
  );
}

/** A ratio is counted too where it is one of sums; else each of its samples weighs the same. */
export function rawIndicator(query: string, notes: Notes): Indicator {
  const parsed = parsePromql(query, 'the error ratio query');
  const outer = operationOf(parsed, parsed.root);
  const complement = outer?.plain && outer.operator === '-' && sourceOf(parsed, outer.left) === '1';
  const ratio = complement ? operationOf(parsed, bare(outer.right)) : outer;
  if (ratio?.plain && ratio.operator === '/') {
    const events = eventsOf(parsed, bare(ratio.left), notes);
    const total = eventsOf(parsed, bare(ratio.right), notes);
    if (events && total && events.of === total.of) {
      notes.changed('sli.raw', 'the ratio is one of two sums, which are counted, so that events weigh the same');
      return { kind: 'events', numerator: complement ? 'good' : 'bad', events, total };
    }
  }
  notes.changed(
    'sli.raw',
    'the ratio is no division of two sums that could be counted: each of its samples weighs the same',
  );
  return { kind: 'ratio', promql: parsed.text.trim(), of: 'failure' };
}

function needed(events: Events | undefined, which: string): Events {
  if (events) return events;
  throw new Unimportable(
    `the ${which} query has neither rate nor increase of a counter, nor a sum over {{.window}}, so its events can't be counted`,
  );
}

const eventsIn = (parsed: Parsed, notes: Notes): Events | undefined => eventsOf(parsed, parsed.root, notes);

function eventsOf(parsed: Parsed, given: SyntaxNode, notes: Notes): Events | undefined {
  const node = withoutZero(parsed, given);
  const samples = samplesOf(parsed, node);
  if (samples !== undefined) {
    notes.changed('sli', `the samples of ${samples} are summed every 5 minutes, not at every evaluation`);
    return { promql: samples, of: 'gauge' };
  }
  const counted = nodesOf(node, 'FunctionCall').some(call =>
    /^(?:rate|increase|irate|delta)$/.test(callOf(parsed, call)?.name ?? ''),
  );
  return counted ? { promql: sourceOf(parsed, node), of: 'counter' } : undefined;
}

/** Without `or vector(0)`: no bad events are 0 in our rules. */
function withoutZero(parsed: Parsed, node: SyntaxNode): SyntaxNode {
  const operation = operationOf(parsed, node);
  const zero =
    operation?.operator === 'or' && /^vector\s*\(\s*0(?:\.0*)?\s*\)$/.test(sourceOf(parsed, bare(operation.right)));
  return zero ? withoutZero(parsed, bare(operation.left)) : node;
}

/** `sum_over_time(X[{{.window}}:])` → X, `sum(sum_over_time(x[…]))` → sum(x), `sum(count_over_time(x[…]))` → count(x). */
function samplesOf(parsed: Parsed, node: SyntaxNode): string | undefined {
  const call = callOf(parsed, node);
  if (call === undefined) return undefined;
  if (call.name === 'sum_over_time') return rangedBy(parsed, call.argument);
  const inner = call.name === 'sum' ? callOf(parsed, bare(call.argument)) : undefined;
  const ranged = inner && rangedBy(parsed, inner.argument);
  if (ranged === undefined) return undefined;
  if (inner?.name === 'sum_over_time') return `sum(${ranged})`;
  return inner?.name === 'count_over_time' ? `count(${ranged})` : undefined;
}

/** What is looked at over the window. */
function rangedBy(parsed: Parsed, node: SyntaxNode): string | undefined {
  if (node.name !== 'SubqueryExpr' && node.name !== 'MatrixSelector') return undefined;
  return node.firstChild === null ? undefined : sourceOf(parsed, bare(node.firstChild));
}
