/** JSON that the ledger keeps as text; what is none is empty. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  const read = parsed(value);
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : {};
}

/** Texts, null where there is none. */
export function listOf(value: unknown): readonly (string | null)[] {
  const read = parsed(value);
  return Array.isArray(read) ? read.map(one => (typeof one === 'string' ? one : null)) : [];
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
