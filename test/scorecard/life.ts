/** A made-up platform whose exporter says things on random days. */
import { seeded } from '../core/toy.ts';
import { type Books, openBooks, type Said, sayer } from './books.ts';

export const names = ['cart', 'search', 'ledger', 'login', 'mail'];
const teams = ['red', 'blue', 'green'];
export const days = 40;

/** Things said on random days; what a day says is of that day. */
export function randomSaid(seed: number): Said[] {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: 160 }, (): Said => {
    const service = pick(names);
    const from = Math.floor(random() * days);
    if (random() < 0.2)
      return {
        ...{ from, check: 'owned', kind: pick(['repository', 'image']), subject: `stray-${Math.floor(random() * 4)}` },
        ...{
          team: 'unowned',
          state: random() < 0.7 ? 'fail' : 'gone',
          amount: String(Math.floor(random() * 9)),
          unit: 'findings',
        },
      };
    return {
      ...{
        from,
        check: pick(['sla', 'signature', 'sbom']),
        kind: 'image',
        subject: `img-${service}-${pick(['a', 'b'])}`,
        service,
      },
      ...{
        team: pick(teams),
        state: pick(['pass', 'fail', 'unknown', 'gone'] as const),
        environment: pick(['prod', 'test']),
      },
    };
  }).sort((a, b) => a.from - b.from);
}

export const booksOf = (said: Said[]): Promise<Books> =>
  openBooks({
    services: names.map((name, index) => ({ name, team: teams[index % 3]! })),
    config: {
      history_days: 5,
      top_services: 3,
      checks: [
        { id: 'signature', environments: ['prod'] },
        { id: 'load', title: 'Load', means: 'It is.', told: true, required: true },
      ],
      exemptions: [{ check: 'sbom', team: 'red', reason: 'later', from: '2026-09-10', until: '2026-10-20' }],
    },
    exporters: ['supply-chain'],
    slos: [{ service: 'cart', name: 'availability' }],
    subjects: () => [sayer('supply-chain', ['sla', 'signature', 'sbom', 'owned'], said)],
  });
