/** A repository of made-up history for the bench: pull requests merged or squashed into main, a release every so often. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface MadeRepository {
  readonly commits: number;
  /** Releases, as tags v1, v2, … on main, oldest first. */
  readonly releases: number;
}

const begin = Date.UTC(2015, 0, 5) / 1000;
const people = Array.from({ length: 300 }, (_, n) => `Person ${n} <person-${n}@example.invalid>`);

/** Writes a bare repository of so many commits into a folder that doesn't exist yet, the same one every time. */
export async function makeRepository(folder: string, { commits, releases }: MadeRepository): Promise<void> {
  await git(['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  const importer = spawn('git', ['-C', folder, 'fast-import', '--quiet'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(importer, 'exit');
  let text = '';
  const send = async (piece: string) => {
    text += piece;
    if (text.length < 1 << 16) return;
    const ready = importer.stdin.write(text);
    text = '';
    if (!ready) await once(importer.stdin, 'drain');
  };
  const random = chance(20_261_101);
  let mark = 0;
  let main = 0;
  let clock = begin;
  let tagged = 0;
  const commit = async (branch: string, parents: readonly number[], at: number, message: string) => {
    mark += 1;
    const author = people[Math.floor(random() * people.length)];
    await send(
      `commit refs/heads/${branch}\nmark :${mark}\nauthor ${author} ${at - Math.floor(random() * 200_000)} +0100\n` +
        `committer ${author} ${at} +0100\ndata ${Buffer.byteLength(message)}\n${message}\n` +
        parents.map((parent, index) => `${index === 0 ? 'from' : 'merge'} :${parent}\n`).join(''),
    );
    return mark;
  };
  main = await commit('main', [], clock, 'Begin\n');
  for (let number = 1; mark < commits; number += 1) {
    clock += 1800;
    const size = Math.min(commits - mark, 1 + Math.floor(random() * 5));
    const title = `Change number ${number} of something that matters`;
    const body = `Because of what was said in the last review, which is told here\nin a few lines, as people do.\n\nSigned-off-by: ${people[number % people.length]}\n`;
    if (size < 3 || random() < 0.3) {
      main = await commit('main', [main], clock, `${title} (#${number})\n\n${body}`);
    } else {
      let tip = main;
      for (let n = 1; n < size; n += 1)
        tip = await commit('work', [tip], clock - 600 * (size - n), `Step ${n} of it\n\n${body}`);
      main = await commit(
        'main',
        [main, tip],
        clock,
        `Merge pull request #${number} from acme/branch-${number}\n\n${title}\n`,
      );
    }
    while (tagged < releases && mark >= ((tagged + 1) * commits) / (releases + 1)) {
      tagged += 1;
      await send(`tag v${tagged}\nfrom :${main}\ntagger ${people[0]} ${clock + 300} +0100\ndata 8\nRelease\n\n`);
    }
  }
  importer.stdin.end(text);
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  await git(['-C', folder, 'update-ref', '-d', 'refs/heads/work']);
}

async function git(args: readonly string[]): Promise<void> {
  const [code] = (await once(spawn('git', [...args], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')) as [number];
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
