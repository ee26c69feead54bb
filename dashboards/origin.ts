import { demo } from '../exporters/core/metrics.ts';
import { stat } from './lib/panels.ts';
import { latest, maxBy } from './lib/promql.ts';

/** Says on every page whether what it shows is real. */
export const origin = (width: number, height = 4) =>
  stat({
    title: 'Data of',
    description:
      'Is this real? The demo platform invents everything it shows; with a configuration, the data is of your systems.',
    query: maxBy([], latest(demo)),
    texts: { 0: { text: 'your systems', is: 'neutral' }, 1: { text: 'demo: invented', is: 'warning' } },
    width,
    height,
  });
