/** What a demo service's production costs on a day, before discounts. */
import { chance, dayMs } from './chance.ts';
import { changes, type DemoService, spiking } from './world.ts';

/** Weekly rhythm, yearly growth, noise, now and then a dearer quarter, merged changes, and a day that costs too much. */
export function levelOf(service: DemoService, day: Date): number {
  const years = (day.getTime() - Date.UTC(2025, 0, 1)) / (365 * dayMs);
  const weekend = [0, 6].includes(day.getUTCDay()) ? 0.72 : 1;
  const noise = 0.94 + 0.12 * chance(service.name, day.getTime());
  const quarter = chance(service.name, day.getUTCFullYear(), Math.floor(day.getUTCMonth() / 3)) < 0.15 ? 1.35 : 1;
  const spike = spikeOf(day) === service.name ? spikeFactor : 1;
  return (
    service.dailyCost * (1 + service.growth * years) * weekend * noise * quarter * merged(service.name, day) * spike
  );
}

/** A spike costs this many ordinary days. */
export const spikeFactor = 2.6;

/** The service that costs too much on a day. */
export const spikeOf = (day: Date): string => spiking[Math.floor(day.getTime() / dayMs) % spiking.length] ?? '';

/** In odd months a change comes, from its day on; from its day in the even month after it is gone again. */
function merged(service: string, day: Date): number {
  return changes
    .filter(change => change.service === service)
    .reduce((factor, { day: dayOfMonth, change }) => {
      const month = day.getUTCFullYear() * 12 + day.getUTCMonth() + (day.getUTCDate() >= dayOfMonth ? 0 : -1);
      return factor * (month % 2 === 0 ? 1 + change : 1);
    }, 1);
}
