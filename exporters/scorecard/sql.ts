/** The SQL of lists: the same expressions as metrics' at one instant. */
import { sqlIn } from '../findings/sql.ts';

const sql = sqlIn(new URL('./metrics/', import.meta.url));
const before = ['asked_now', 'services_at', 'subject_spans', 'checks_at'] as const;

export const checksListSql = sql(...before, '../checks-list');
export const shadowListSql = sql('asked_now', 'subject_spans', 'shadow_at', 'shadow_words', '../shadow-list');
/** How each check stood at two instants, for the review. */
export const checksAtSql = sql(...before, '../checks-at');
