/** The SQL of the supply chain's families. */
import { sqlIn } from '../../findings/sql.ts';

export const sql = sqlIn(new URL('.', import.meta.url));
