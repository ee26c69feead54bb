/** All pages of a list that an exporter lets people read (GET /api/NAME), for commands. */
import type { ApiItem, ApiPage } from '../../core/api.ts';
import { PlumblineError } from '../errors.ts';
import type { Session } from '../session.ts';

/** Errors: COMMAND_USAGE for a parameter that can't be meant, and where no exporter that is configured has the list. */
export async function wholeList(
  session: Session,
  name: string,
  query: Readonly<Record<string, string>>,
): Promise<Pick<ApiPage, 'columns' | 'items'>> {
  for (const { exporter, ledger } of session.runtimes) {
    const endpoint = exporter.api?.find(one => one.name === name);
    if (endpoint === undefined) continue;
    const principal = { role: 'admin', name: 'plumbline' } as const;
    const items: ApiItem[] = [];
    let columns: readonly string[] = [];
    let cursor: string | undefined;
    try {
      do {
        const page: ApiPage = await endpoint.answer(ledger, {
          ...{ principal, now: session.now() },
          query: { ...query, ...(cursor === undefined ? {} : { cursor }) },
        });
        items.push(...page.items);
        ({ columns, next: cursor } = { next: undefined, ...page });
      } while (cursor !== undefined);
    } catch (error) {
      if (!(error instanceof PlumblineError) || error.code !== 'QUERY_INVALID') throw error;
      throw new PlumblineError('COMMAND_USAGE', { reason: error.message }, error);
    }
    return { columns, items };
  }
  throw new PlumblineError('COMMAND_USAGE', {
    reason: `nothing in ${session.config.file} lists ${name}; it needs the section supply_chain`,
  });
}
