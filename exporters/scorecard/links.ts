/** Where to mend what a check finds. */

export interface LinkTo {
  readonly service: string;
  readonly team: string;
  readonly repository: string;
}

/** The golden path's runbook, which says for each check how it is mended. */
export const runbook = '/runbooks/GoldenPath';

/** A template with {service}, {team} and {repository}; the runbook where there is none, or where a word of it isn't known. */
export function linkOf(template: string, words: LinkTo): string {
  if (template === '') return runbook;
  let isKnown = true;
  const link = template.replace(/\{(service|team|repository)\}/g, (_, name: keyof LinkTo) => {
    const word = words[name];
    if (word === '') isKnown = false;
    // A repository is a path.
    return word.split('/').map(encodeURIComponent).join('/');
  });
  return isKnown ? link : runbook;
}
