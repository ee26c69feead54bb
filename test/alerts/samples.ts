/** Input series of promtool, sample by sample. */

/** Of promtool's notation. */
export function samplesOf(values: string): readonly string[] {
  return values.split(' ').flatMap(token => {
    const [, first = '', step, times] = /^(-?[\d.e+-]+?|_|stale)(?:([+-][\d.e]+))?x(\d+)$/i.exec(token) ?? [];
    if (times === undefined) return [token];
    if (first === '_' || first === 'stale') return Array.from({ length: Number(times) }, () => first);
    return Array.from({ length: Number(times) + 1 }, (_, index) => String(Number(first) + index * Number(step ?? 0)));
  });
}

/** In promtool's notation, a token for each run of what is equal. */
export function written(samples: readonly string[]): string {
  const runs: [string, number][] = [];
  for (const each of samples) {
    const last = runs.at(-1);
    // promtool repeats numbers and gaps alone
    if (last?.[0] === each && each !== 'stale') last[1] += 1;
    else runs.push([each, 1]);
  }
  return runs
    .map(([value, times]) => (times === 1 ? value : value === '_' ? `_x${times}` : `${value}x${times - 1}`))
    .join(' ');
}
