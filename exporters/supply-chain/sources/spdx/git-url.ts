/** Download locations that are repositories: `git+https://github.com/acme/shop.git@main#folder`. */

export const isGitUrl = (url: string): boolean =>
  /^git\+|\.git(?:[@#]|$)|^https?:\/\/(?:github|gitlab)\.com\/[^/]+\/[^/]+\/?$/.test(url);

/** The repository alone. */
export const gitUrl = (url: string): string =>
  url
    .replace(/^git\+/, '')
    .replace(/#.*$/, '')
    .replace(/(?<=\/\/[^/]+\/.*)@[^/@]*$/, '');
