/** Scorecards over a made-up life: entities rise, fall, leave and come back, levels change, sometimes one isn't read. */
import { ownerText } from '../../../exporters/catalog/keys.ts';
import type { ScorecardTold } from '../../../exporters/experience/scorecards/told.ts';

export interface Told {
  readonly at: Date;
  readonly told: readonly ScorecardTold[];
}

const dayMs = 86_400_000;
const ladder = ['Bronze', 'Silver', 'Gold', 'Platinum'];
const services = ['shop', 'cart', 'pay', 'ads', 'stray'];

/** The same for the same seed; a piece every few days, evaluated some hours before it is told. */
export function randomLife(seed: number, pieces: number): readonly Told[] {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  let at = Date.parse('2026-01-05T10:00:00Z');
  return Array.from({ length: pieces }, (_, index) => {
    at += (2 + random(9)) * dayMs + random(20) * 3_600_000;
    const told = ['ready', 'secure', 'basics']
      .filter(() => random(8) > 0)
      .map((scorecard): ScorecardTold => {
        const ranks = scorecard === 'basics' ? 0 : index > pieces / 2 && scorecard === 'secure' ? 4 : 3;
        const entities = Array.from({ length: 8 }, (_, number) => `entity-${number}`).filter(() => random(6) > 0);
        return {
          ...{ scorecard, levels: ladder.slice(0, ranks), isComplete: random(5) > 0 },
          standings: entities.map((entity, number) => {
            const rank = random(ranks + 1);
            return {
              ...{ scorecard, entity, rank, ranks, level: ladder[rank - 1] ?? '' },
              owner: ownerText({ service: services[(number + random(2)) % services.length]! }),
              evaluatedAt: new Date(at - random(30) * 3_600_000).toISOString(),
              ...{ score: random(40) / 4, mostScore: random(9) === 0 ? 0 : 10 },
            };
          }),
        };
      });
    return { at: new Date(at), told };
  });
}
