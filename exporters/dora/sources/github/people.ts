/** Who did something, the same from REST, webhooks and GraphQL. */

export interface Person {
  readonly login: string;
  readonly isBot: boolean;
}

interface RestUser {
  readonly login: string;
  readonly type?: string | null | undefined;
}

interface GraphqlActor {
  readonly login: string;
  readonly __typename?: string | undefined;
}

/** GitHub shows the account `ghost` for one that is deleted. */
const ghost: Person = { login: 'ghost', isBot: false };

export const restPerson = (user: RestUser | null | undefined): Person =>
  user ? { login: user.login, isBot: user.type === 'Bot' || user.login.endsWith('[bot]') } : ghost;

/** GraphQL leaves out the suffix that REST gives the name of a bot. */
export function graphqlPerson(actor: GraphqlActor | null | undefined): Person {
  if (!actor) return ghost;
  const isBot = actor.__typename === 'Bot' || actor.login.endsWith('[bot]');
  return { login: isBot && !actor.login.endsWith('[bot]') ? `${actor.login}[bot]` : actor.login, isBot };
}
