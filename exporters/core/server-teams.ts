/** GET /teams and /teams/TEAM (or /teams?team=TEAM): pages that name teams and their services, for whoever has a token. */
import type { Request, RequestHandler, Response } from 'express';
import type { Auth } from './auth.ts';
import { html } from './pages/html.ts';
import { type TeamPart, teamPage } from './pages/team.ts';
import { noticePage, teamList } from './pages/teams.ts';
import { principalOf } from './server-api.ts';
import { sendPage } from './server-pages.ts';
import type { ServerOptions } from './server-types.ts';
import type { Principal } from './source.ts';

/** What nobody owns; shown to all, and last. */
const unowned = 'unowned';

export function teamHandlers(options: ServerOptions, auth: Auth) {
  const { exporters, teams: directory, log, demo = false, now = () => new Date() } = options;

  /** A team's token sees what is its own or nobody's, as in the lists. */
  const maySee = (principal: Principal, team: string) =>
    principal.role !== 'team' || principal.team === team || team === unowned;

  const known = (): readonly string[] => {
    const names = new Set([...(directory?.teams() ?? []), ...exporters().flatMap(view => [...(view.teams?.() ?? [])])]);
    names.delete('');
    return [...names].sort((a, b) => Number(a === unowned) - Number(b === unowned) || (a < b ? -1 : 1));
  };

  const notice = (response: Response, status: number, title: string, text: string) => {
    response.status(status);
    sendPage(response, nonce => noticePage({ title, text: html`${text}`, nonce, demo }));
  };

  /** Undefined where it was answered already: who has no token doesn't learn which teams there are. */
  const asker = (request: Pick<Request, 'get'>, response: Response): Principal | undefined => {
    const principal = principalOf(auth, request.get('authorization'));
    response.set('vary', 'authorization');
    if (principal === undefined) {
      response.set('www-authenticate', ['Basic realm="plumbline", charset="UTF-8"', 'Bearer realm="plumbline"']);
      notice(
        response,
        401,
        'A token is needed',
        'Pages of teams name people’s services and what is wrong with them. Give a token of the server as the password; the name does not matter. Tokens are those of server.tokens in plumbline.yaml.',
      );
    }
    return principal;
  };

  const list: RequestHandler = async (request, response) => {
    const principal = asker(request, response);
    if (principal === undefined) return;
    const { team } = request.query;
    if (typeof team === 'string' && team !== '') return show(principal, team, response);
    const teams = known().filter(team => maySee(principal, team));
    sendPage(response, nonce => teamList({ teams, nonce, demo }));
  };

  const one: RequestHandler<{ team: string }> = async (request, response) => {
    const principal = asker(request as unknown as Request, response);
    if (principal !== undefined) await show(principal, request.params.team, response);
  };

  const show = async (principal: Principal, team: string, response: Response): Promise<void> => {
    if (!maySee(principal, team))
      return notice(
        response,
        403,
        'Not this team',
        `The token ${principal.name} sees its own team and what is unowned.`,
      );
    if (!known().includes(team)) return notice(response, 404, 'No such team', `Nothing is known of a team “${team}”.`);
    const at = now();
    const parts = await partsOf(team, at);
    const links = directory?.links?.(team) ?? [];
    sendPage(response, nonce => teamPage({ team, parts, links, nonce, demo, now: at }));
  };

  const failed = (part: string) => (err: unknown) => {
    log.error({ err, part }, 'could not compute a part of a team’s page');
    return undefined;
  };

  const partsOf = async (team: string, at: Date): Promise<readonly TeamPart[]> => {
    const own = exporters().flatMap(view => {
      const { team: tell } = view;
      return tell === undefined
        ? []
        : [
            tell(team, at)
              .catch(failed(view.name))
              .then(section => ({ view, section })),
          ];
    });
    const further = (await directory?.sections?.(team).catch(failed('sections'))) ?? [];
    return [...(await Promise.all(own)), ...further.map(section => ({ section }))];
  };

  return { list, one };
}
