/** Where to mend what a check finds. */

export interface LinkTo {
  readonly service: string;
  readonly team: string;
  readonly repository: string;
}

/**
 * A template with {service}, {team} and {repository}; where there is none, or a word of it isn't known, what this server
 * tells of the service, with how each check is mended.
 */
export function linkOf(template: string, words: LinkTo): string {
  const own = `/explain/service/${encodeURIComponent(words.service)}`;
  if (template === '') return own;
  let isKnown = true;
  const link = template.replace(/\{(service|team|repository)\}/g, (_, name: keyof LinkTo) => {
    const word = words[name];
    if (word === '') isKnown = false;
    // A repository is a path.
    return word.split('/').map(encodeURIComponent).join('/');
  });
  return isKnown ? link : own;
}
