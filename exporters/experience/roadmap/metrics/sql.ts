/** The SQL of the roadmap's families. */
import { sqlIn } from '../../../findings/sql.ts';

export const sql = sqlIn(new URL('.', import.meta.url));
