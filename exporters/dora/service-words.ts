/** What an incident's system calls a service, and what it is here: the key `services` of an incident source. */
import { z } from 'zod';
import { wildcard } from '../catalog/wildcard.ts';

const text = z.string().trim().min(1);

/** The key of a source's configuration. */
export const serviceWordsShape = {
  services: z
    .array(
      z
        .strictObject({
          match: z
            .array(text)
            .min(1)
            .describe('Names or ids of services as this system has them; * is any text, ? is one character.'),
          service: text.optional().describe('The service here; its name there unless given.'),
          team: text.optional().describe('The team, where no rule and no catalog says it.'),
          environment: text.optional().describe('The environment that its incidents are in.'),
          repository: text.optional().describe('The repository, such as acme/shop.'),
        })
        .describe('What its services are called here.'),
    )
    .default([])
    .describe('What services of this system are called here, the first that matches; others keep their name.'),
} as const;

export type ServiceWords = z.infer<(typeof serviceWordsShape)['services']>;

/** A service as an incident is of it; words of the catalog or of the source's own. */
export interface Affected {
  readonly service?: string;
  readonly team?: string;
  readonly environment?: string;
  readonly repository?: string;
}

/** How the system calls it: the name stands where no rule matches; ids and other names may be matched too. */
export interface Told {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/** Compiles the rules once. */
export function translator(rules: ServiceWords): (told: Told) => Affected {
  const compiled = rules.map(({ match, ...words }) => ({ matches: wildcard(match, true), words }));
  return ({ name, aliases = [] }) => {
    const rule = compiled.find(({ matches }) => [name, ...aliases].some(matches));
    const service = rule?.words.service ?? name;
    const { team, environment, repository } = rule?.words ?? {};
    return {
      ...(service === '' ? {} : { service }),
      ...(team === undefined ? {} : { team }),
      ...(environment === undefined ? {} : { environment }),
      ...(repository === undefined ? {} : { repository }),
    };
  };
}
