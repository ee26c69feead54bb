/** Authoritative sources that by configuration alone bring the same money. */

interface NamedSource {
  readonly name: string;
  readonly role: string;
  readonly billing_account?: string | undefined;
}

export interface Clash {
  readonly key: string;
  /** Position of the later source in its section. */
  readonly index: number;
  /** The name of the source that comes first. */
  readonly other: string;
}

/** Sections whose sources may share a billing account, by rules of their own. */
const ownRules: readonly string[] = ['azure_cost', 'azure_exports', 'cost_explorer'];

/**
 * Sources that name a billing account which one before them names too. What files hold is not known before they are
 * read: there the ledger refuses the second.
 */
export function clashingAccounts(
  sections: readonly (readonly [key: string, sources: readonly NamedSource[]])[],
): Clash[] {
  const first = new Map<string, { readonly key: string; readonly name: string }>();
  return sections.flatMap(([key, sources]) =>
    sources.flatMap(({ name, role, billing_account: account }, index): Clash[] => {
      if (account === undefined || role !== 'authoritative') return [];
      const other = first.get(account);
      if (other === undefined) first.set(account, { key, name });
      else if (other.key !== key || !ownRules.includes(key)) return [{ key, index, other: other.name }];
      return [];
    }),
  );
}
