/** The commit graph and its walks against git itself, and against sets of ancestors, over random histories. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { type CommitGraph, commitGraph } from '../../../exporters/dora/changes/graph.ts';
import { walker } from '../../../exporters/dora/changes/walk.ts';
import { git, temporaryFolder } from '../repositories.ts';

/** Commits 1..n with their parents, all below them: several roots, merges, octopus merges. */
type History = readonly (readonly number[])[];

function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 4_294_967_296;
  };
}

function randomHistory(random: () => number, size: number): History {
  const parentsOf: number[][] = [[]];
  for (let commit = 1; commit <= size; commit += 1) {
    const roll = random();
    const wanted = commit === 1 || roll < 0.03 ? 0 : roll < 0.65 ? 1 : roll < 0.92 ? 2 : 4;
    const parents = new Set<number>();
    // Mostly near, sometimes from long ago.
    for (let n = 0; n < wanted; n += 1)
      parents.add(
        random() < 0.8 ? Math.max(1, commit - 1 - Math.floor(random() * 6)) : 1 + Math.floor(random() * (commit - 1)),
      );
    parentsOf.push([...parents]);
  }
  return parentsOf;
}

/** Nodes as the ledger would have numbered them: a piece at a time, each newest first, as git log tells it. */
async function loaded(history: History, pieces: number): Promise<{ graph: CommitGraph; nodes: readonly number[] }> {
  const graph = commitGraph();
  const nodes: number[] = [0];
  const size = history.length - 1;
  let next = 10;
  for (let piece = 0; piece < pieces; piece += 1) {
    const from = Math.floor((size * piece) / pieces) + 1;
    const to = Math.floor((size * (piece + 1)) / pieces);
    for (let commit = to; commit >= from; commit -= 1) {
      nodes[commit] = next;
      next += 3;
    }
    const lines: string[] = [];
    for (let commit = to; commit >= from; commit -= 1)
      lines.push([nodes[commit], ...history[commit]!.map(parent => nodes[parent]!)].join(' '));
    const half = lines.length >> 1;
    async function* told() {
      if (half > 0) yield Buffer.from(lines.slice(0, half).join('\n'));
      yield Buffer.from(lines.slice(half).join('\n'));
    }
    await graph.extend(told());
  }
  return { graph, nodes };
}

function ancestors(history: History, commit: number): Set<number> {
  const found = new Set([commit]);
  for (const one of found) for (const parent of history[one]!) found.add(parent);
  return found;
}

const lanesOf = (random: () => number, size: number): readonly (readonly number[])[] => [
  // Onwards, with a step back now and then; anywhere; back and forth between two lines.
  Array.from({ length: 14 }, (_, n) =>
    Math.min(size, Math.max(1, Math.floor((size * (n + 1)) / 14) - Math.floor(random() * 9))),
  ),
  Array.from({ length: 14 }, () => 1 + Math.floor(random() * size)),
  Array.from({ length: 14 }, (_, n) => (n % 3 === 0 ? size : 1 + Math.floor(random() * size))),
];

test('a graph that was loaded in pieces has each commit once, after its parents', async () => {
  const history = randomHistory(chance(7), 3000);
  for (const pieces of [1, 2, 40]) {
    const { graph, nodes } = await loaded(history, pieces);
    assert.equal(graph.size(), 3000);
    assert.equal(graph.indexOf(11), -1);
    const edges = graph.edges();
    const offsets = graph.offsets();
    for (let commit = 1; commit <= 3000; commit += 1) {
      const index = graph.indexOf(nodes[commit]!);
      assert.equal(graph.nodeAt(index), nodes[commit]);
      const parents = [...edges.slice(offsets[index], offsets[index + 1])];
      assert.deepEqual(
        parents.map(graph.nodeAt),
        history[commit]!.map(parent => nodes[parent]),
      );
      assert.ok(parents.every(parent => parent < index));
    }
  }
});

test('ranges and what of them is fresh are those of sets of ancestors, over 200 random histories', async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = chance(seed);
    const size = 20 + Math.floor(random() * 100);
    const history = randomHistory(random, size);
    const { graph, nodes } = await loaded(history, 1 + (seed % 4));
    const walk = walker(graph);
    const commitOf = new Map(nodes.map((node, commit) => [node, commit]));
    for (const deployments of lanesOf(random, size)) {
      const lane = walk.lane();
      const ever = new Set<number>();
      let before = new Set<number>();
      for (const [index, commit] of deployments.entries()) {
        const brought = await lane.deploy(graph.indexOf(nodes[commit]!));
        const all = ancestors(history, commit);
        const range = [...all].filter(one => !before.has(one));
        const got = brought.commits.map(one => commitOf.get(graph.nodeAt(one))!);
        const where = `seed ${seed}, deployment ${index} of ${deployments.join()}`;
        const ascending = (list: readonly number[]) => [...list].sort((a, b) => a - b);
        assert.deepEqual(ascending(got), ascending(range), where);
        assert.deepEqual(ascending(got.slice(0, brought.fresh)), ascending(range.filter(one => !ever.has(one))), where);
        assert.equal(brought.merges, range.filter(one => history[one]!.length > 1).length, where);
        assert.ok(brought.isWhole);
        for (const one of all) ever.add(one);
        before = all;
      }
    }
  }
});

test('ranges are those of git rev-list, with octopus merges and several roots', async t => {
  const parent = temporaryFolder(t);
  for (let seed = 1; seed <= 3; seed += 1) {
    const random = chance(1000 + seed);
    const history = randomHistory(random, 120);
    const folder = path.join(parent, `${seed}.git`);
    execFileSync('git', ['init', '--quiet', '--bare', folder]);
    const lines = history.slice(1).map((parents, index) => {
      const commit = index + 1;
      return [
        `commit refs/heads/c${commit}`,
        `mark :${commit}`,
        // Clocks that go back and forth.
        `committer Ada <ada@example.invalid> ${1_600_000_000 + Math.floor(random() * 1_000_000)} +0000`,
        `data 1\n${commit % 10}`,
        ...parents.map((one, at) => `${at === 0 ? 'from' : 'merge'} :${one}`),
        '',
      ].join('\n');
    });
    git(folder, ['fast-import', '--quiet'], lines.join('\n'));
    // Without it, and without --topo-order, git stops by dates, and counts too much where clocks went wrong.
    git(folder, ['commit-graph', 'write', '--reachable']);
    const { graph, nodes } = await loaded(history, seed);
    const walk = walker(graph);
    for (const deployments of lanesOf(random, 120)) {
      const lane = walk.lane();
      let previous: number | undefined;
      for (const commit of deployments) {
        const brought = await lane.deploy(graph.indexOf(nodes[commit]!));
        const range = previous === undefined ? `c${commit}` : `c${previous}..c${commit}`;
        assert.equal(
          brought.commits.length,
          Number(git(folder, ['rev-list', '--topo-order', '--count', range])),
          range,
        );
        assert.equal(
          brought.merges,
          Number(git(folder, ['rev-list', '--topo-order', '--count', '--merges', range])),
          range,
        );
        previous = commit;
      }
    }
  }
});

test('a parent that is not in the history read makes a range that may be wrong, and says so', async () => {
  const graph = commitGraph();
  async function* told() {
    // 3 has a parent nobody knows; 4 and 5 come after 2, which has its own.
    yield Buffer.from('1\n2 1\n3 2 0\n4 2\n5 4');
  }
  await graph.extend(told());
  const lane = walker(graph).lane();
  const deploy = async (node: number) => (await lane.deploy(graph.indexOf(node))).isWhole;
  assert.equal(await deploy(2), true);
  assert.equal(await deploy(5), true);
  assert.equal(await deploy(3), false);
});
