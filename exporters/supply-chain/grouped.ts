/** Lists by key that grow. */

/** Adds in place: copying a list for each of its members takes the square of its length. */
export function addTo<Key, Value>(groups: Map<Key, Value[]>, key: Key, values: readonly Value[]): void {
  const list = groups.get(key);
  if (list === undefined) groups.set(key, [...values]);
  else for (const value of values) list.push(value);
}
