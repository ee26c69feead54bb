/** What a Secret that readers make has to hold. */
import type { Replacement } from './web.ts';

/** A Secret that has to be there: what each of its keys is made of, a file of this machine or a variable. */
export interface NeededSecret {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  /** True where the key may be absent. */
  readonly variables: ReadonlyMap<string, boolean>;
  /** Keys that a variable of another name holds. */
  readonly literals?: ReadonlyMap<string, string>;
  /** Of the first file: texts that others stand for in the Secret. */
  readonly replacements?: readonly Replacement[];
}
