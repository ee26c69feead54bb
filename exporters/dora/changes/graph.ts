/**
 * The commit graph of a repository in typed arrays, parents before children: so a walk that takes the highest index
 * first has seen all children of a commit before the commit itself. It grows by what is new; 100,000 commits take 3 MiB.
 */
import { type Breather, breather } from '../../core/breathe.ts';

/** A parent that isn't in the history read. */
export const missing = -1;

export interface CommitGraph {
  readonly size: () => number;
  /** The index of a commit by its node (commits.node); -1 where it has none. */
  readonly indexOf: (node: number) => number;
  readonly nodeAt: (index: number) => number;
  /** Where the parents of a commit begin in `edges`; those of the next one begin where they end. */
  readonly offsets: () => Int32Array;
  /** Indexes of parents, or `missing`. */
  readonly edges: () => Int32Array;
  /** The highest node. */
  readonly last: () => number;
  /**
   * Adds commits: lines of a node and its parents' nodes apart by blanks, 0 for a missing one; nodes ascend, and are above
   * all that are there. A line of the node before adds parents to it. Parents must be there or among them.
   */
  readonly extend: (lines: AsyncIterable<Buffer>) => Promise<void>;
}

export function commitGraph(): CommitGraph {
  let size = 0;
  let edgeCount = 0;
  let offsets = new Int32Array(1024);
  let edges = new Int32Array(1024);
  /** By index. */
  let nodes = new Float64Array(1024);
  /** Ascending, and the index of each. */
  let sorted = new Float64Array(1024);
  let indexes = new Int32Array(1024);

  const indexOf = (node: number): number => {
    const at = find(sorted, size, node);
    return at < 0 ? missing : indexes[at]!;
  };

  const extend = async (lines: AsyncIterable<Buffer>) => {
    const breathe = breather();
    const told = await parse(lines, breathe);
    const { count, firsts, parents } = told;
    if (count === 0) return;
    offsets = grown(offsets, size + count + 1);
    nodes = grown(nodes, size + count);
    sorted = grown(sorted, size + count);
    indexes = grown(indexes, size + count);
    edges = grown(edges, edgeCount + firsts[count]!);
    const before = size;
    for (let i = 0; i < count; i += 1) sorted[before + i] = told.nodes[i]!;
    // Of each of the new ones, by its place among them: its index, once it has one.
    const given = new Int32Array(count).fill(missing);
    const parentOf = (edge: number): { readonly place: number } | { readonly index: number } => {
      const node = parents[edge]!;
      if (node === 0) return { index: missing };
      const at = find(sorted, before + count, node);
      if (at < 0) return { index: missing };
      return at < before ? { index: indexes[at]! } : { place: at - before };
    };
    const next = new Int32Array(count);
    let steps = 0;
    // Newest came first, so from the end most parents have their index when their child is looked at.
    for (let start = count - 1; start >= 0; start -= 1) {
      const stack = given[start] === missing ? [start] : [];
      while (stack.length > 0) {
        steps += 1;
        if ((steps & 1023) === 0 && breathe.due()) await breathe.now();
        const place = stack.at(-1)!;
        const from = firsts[place]!;
        const end = firsts[place + 1]!;
        let descends = false;
        while (from + next[place]! < end) {
          const parent = parentOf(from + next[place]!);
          if ('place' in parent && given[parent.place] === missing) {
            stack.push(parent.place);
            descends = true;
            break;
          }
          next[place] = next[place]! + 1;
        }
        if (descends) continue;
        stack.pop();
        if (given[place] !== missing) continue;
        const index = size;
        given[place] = index;
        indexes[before + place] = index;
        nodes[index] = told.nodes[place]!;
        offsets[index] = edgeCount;
        for (let edge = from; edge < end; edge += 1) {
          const parent = parentOf(edge);
          edges[edgeCount] = 'place' in parent ? given[parent.place]! : parent.index;
          edgeCount += 1;
        }
        size += 1;
        offsets[size] = edgeCount;
      }
    }
  };

  return {
    size: () => size,
    indexOf,
    nodeAt: index => nodes[index] ?? missing,
    offsets: () => offsets,
    edges: () => edges,
    last: () => (size === 0 ? 0 : sorted[size - 1]!),
    extend,
  };
}

interface Told {
  readonly count: number;
  readonly nodes: Float64Array;
  /** Where the parents of each begin in `parents`, and of one after the last. */
  readonly firsts: Int32Array;
  readonly parents: Float64Array;
}

const blank = 0x20;
const newline = 0x0a;
const zero = 0x30;

async function parse(lines: AsyncIterable<Buffer>, breathe: Breather): Promise<Told> {
  let nodes = new Float64Array(1024);
  let firsts = new Int32Array(1025);
  let parents = new Float64Array(1024);
  let count = 0;
  let edge = 0;
  for await (const piece of lines) {
    let number = 0;
    let isNode = true;
    for (let i = 0; i <= piece.length; i += 1) {
      const byte = i < piece.length ? piece[i]! : newline;
      if (byte !== blank && byte !== newline) {
        number = number * 10 + byte - zero;
        continue;
      }
      if (isNode && count > 0 && nodes[count - 1] === number) isNode = false;
      else if (isNode) {
        nodes = grown(nodes, count + 1);
        firsts = grown(firsts, count + 2);
        nodes[count] = number;
        firsts[count] = edge;
        count += 1;
        isNode = false;
      } else {
        parents = grown(parents, edge + 1);
        parents[edge] = number;
        edge += 1;
      }
      number = 0;
      if (byte === newline) {
        isNode = true;
        if ((count & 1023) === 0 && breathe.due()) await breathe.now();
      }
    }
  }
  firsts[count] = edge;
  return { count, nodes, firsts, parents };
}

function grown<T extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(array: T, length: number): T {
  if (length <= array.length) return array;
  const size = Math.max(length, array.length * 2);
  const larger = array instanceof Int32Array ? new Int32Array(size) : new Float64Array(size);
  larger.set(array);
  return larger as T;
}

/** The place of a value among the first `length` of an ascending array; -1 where it isn't. */
function find(sorted: Float64Array, length: number, value: number): number {
  let low = 0;
  let high = length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = sorted[middle]!;
    if (there === value) return middle;
    if (there < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
