/** A fact's owner before it is known: the attributes that rules may read, as one text that is the same for the same. */
import { canonicalJson } from './ownership.ts';
import type { OwnerAttributes } from './rules.ts';

/** Empty words are left out. */
export const ownerText = (attributes: OwnerAttributes): string =>
  canonicalJson(
    Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== '' && value !== undefined)),
  );
