/** Webhooks carry facts of any team: who may write those of one alone may not post them, signed or not. */
import type { Principal } from '../core/source.ts';
import { PlumblineError } from './errors.ts';

/** Errors: PUSH_FORBIDDEN. */
export function refuseTeams(principal: Principal, source: string): void {
  if (principal.role !== 'team') return;
  const reason = 'webhooks tell of all teams, and a team writes its own facts only';
  throw new PlumblineError('PUSH_FORBIDDEN', { principal: principal.name, source, reason });
}
