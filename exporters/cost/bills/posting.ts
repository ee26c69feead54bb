/** What is posted of a delivery. */
import type { Role } from './role.ts';
import type { Staged } from './stage.ts';

export interface Posting {
  readonly staged: Staged;
  readonly source: string;
  readonly role: Role;
  /** The file or folder that delivers, and its newest file's time. */
  readonly path: string;
  readonly mtimeMs: number;
  /** The delivery's origin; undefined where the staged lines name one per provider, account and period. */
  readonly origin: string | undefined;
  /** How the grain was made; a delivery posted under another is read again. */
  readonly shape: string;
  /** False where the rules read other tags or attributes than before: money that moves between those was not restated. */
  readonly sameGrain: boolean;
  /** `YYYY-MM-DD HH:MM:SS.mmm`, UTC. */
  readonly now: string;
}
