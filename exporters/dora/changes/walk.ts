/** Walks of the commit graph: what a deployment brought to a lane, exactly as `git rev-list A..B` tells it. */
import { type Breather, breather } from '../../core/breathe.ts';
import { type CommitGraph, missing } from './graph.ts';

export interface Brought {
  /** Indexes of the commits of A..B, in no order. */
  readonly commits: readonly number[];
  /** How many of them, from the first, had never been deployed in this lane; the others had been. */
  readonly fresh: number;
  readonly merges: number;
  /** False where a commit of the walk has a parent that isn't in the history read: then the range may be wrong. */
  readonly isWhole: boolean;
}

/** The deployments of one service, environment and repository, one after the other. */
export interface Lane {
  /** Deploys a commit; returns what is in it and not in the one before (all of its history where it is the first). */
  readonly deploy: (commit: number) => Promise<Brought>;
}

export interface Walker {
  readonly lane: () => Lane;
}

const none = 0;
const wanted = 1;
const unwanted = 2;

/** One walker of a graph that doesn't grow meanwhile; lanes are walked one after the other. */
export function walker(graph: CommitGraph, breathe: Breather = breather()): Walker {
  const offsets = graph.offsets();
  const edges = graph.edges();
  const size = graph.size();
  /** The number of the last lane that each commit was deployed in. */
  const deployed = new Uint32Array(size);
  const marks = new Uint8Array(size);
  let lanes = 0;

  const isMerge = (commit: number) => offsets[commit + 1]! - offsets[commit]! > 1;

  /** What is reachable from the commit and was never deployed in the lane; marks it as deployed. */
  async function freshFrom(commit: number, lane: number, heads: Set<number>) {
    const commits: number[] = [];
    let merges = 0;
    let isWhole = true;
    const reach = (one: number) => {
      if (deployed[one] === lane) heads.delete(one);
      else {
        deployed[one] = lane;
        commits.push(one);
      }
    };
    const isKnown = deployed[commit] === lane;
    if (!isKnown) reach(commit);
    for (let i = 0; i < commits.length; i += 1) {
      const one = commits[i]!;
      if (isMerge(one)) merges += 1;
      for (let edge = offsets[one]!; edge < offsets[one + 1]!; edge += 1) {
        const parent = edges[edge]!;
        if (parent === missing) isWhole = false;
        else reach(parent);
      }
      if ((i & 4095) === 4095 && breathe.due()) await breathe.now();
    }
    if (!isKnown) heads.add(commit);
    return { commits, merges, isWhole };
  }

  /** A..B with the highest index first: when a commit's turn comes, all its children had theirs. */
  async function between(from: number, to: number): Promise<Omit<Brought, 'fresh'>> {
    const queue = maxHeap();
    const touched: number[] = [];
    const commits: number[] = [];
    let waiting = 0;
    let merges = 0;
    let isWhole = true;
    let steps = 0;
    const mark = (commit: number, as: number) => {
      const before = marks[commit]!;
      if (before === unwanted || before === as) return;
      if (before === none) {
        queue.push(commit);
        touched.push(commit);
      }
      if (as === wanted) waiting += 1;
      else if (before === wanted) waiting -= 1;
      marks[commit] = as;
    };
    mark(to, wanted);
    mark(from, unwanted);
    while (waiting > 0) {
      const commit = queue.pop();
      const as = marks[commit]!;
      if (as === wanted) {
        waiting -= 1;
        commits.push(commit);
        if (isMerge(commit)) merges += 1;
      }
      for (let edge = offsets[commit]!; edge < offsets[commit + 1]!; edge += 1) {
        const parent = edges[edge]!;
        if (parent === missing) isWhole = false;
        else mark(parent, as);
      }
      steps += 1;
      if ((steps & 1023) === 0 && breathe.due()) await breathe.now();
    }
    for (const commit of touched) marks[commit] = none;
    return { commits, merges, isWhole };
  }

  return {
    lane: () => {
      lanes += 1;
      const lane = lanes;
      /** Deployed commits that no other deployed one descends from: their histories are all that was ever deployed. */
      const heads = new Set<number>();
      let current: number | undefined;
      return {
        deploy: async commit => {
          const previous = current;
          // Where all that was ever deployed is the history of the one before, what is fresh is the range.
          const isRange = previous === undefined || (heads.size === 1 && heads.has(previous));
          const fresh = await freshFrom(commit, lane, heads);
          current = commit;
          if (isRange) return { ...fresh, fresh: fresh.commits.length };
          const range = await between(previous, commit);
          const isFresh = new Set(fresh.commits);
          const again = range.commits.filter(one => !isFresh.has(one));
          return {
            commits: [...fresh.commits, ...again],
            fresh: fresh.commits.length,
            merges: range.merges,
            isWhole: range.isWhole && fresh.isWhole,
          };
        },
      };
    },
  };
}

function maxHeap() {
  const heap: number[] = [];
  return {
    push: (value: number) => {
      let at = heap.length;
      heap.push(value);
      while (at > 0) {
        const above = (at - 1) >> 1;
        if (heap[above]! >= value) break;
        heap[at] = heap[above]!;
        at = above;
      }
      heap[at] = value;
    },
    /** There must be one. */
    pop: (): number => {
      const top = heap[0]!;
      const value = heap.pop()!;
      if (heap.length === 0) return top;
      let at = 0;
      for (;;) {
        let below = 2 * at + 1;
        if (below >= heap.length) break;
        if (below + 1 < heap.length && heap[below + 1]! > heap[below]!) below += 1;
        if (heap[below]! <= value) break;
        heap[at] = heap[below]!;
        at = below;
      }
      heap[at] = value;
      return top;
    },
  };
}
