/** How a repository is called everywhere: `acme/checkout`, its path on the host, without `.git`. */
import { fold } from './refs.ts';

/** As `repositoryPath`, folded: hosts don't tell repositories apart by case, and clone URLs spell them as they like. */
export function repositorySlug(text: string): string | undefined {
  const path = repositoryPath(text);
  return path === undefined ? undefined : fold(path);
}

/**
 * The path of a clone URL (HTTPS, SSH or scp-like), of a Backstage source location (`url:https://…/tree/main/`) or of a
 * slug itself; credentials and host are left out. Undefined where nothing is left, and for a folder inside a repository,
 * which names only a part of it.
 */
export function repositoryPath(text: string): string | undefined {
  const location = text.trim().replace(/^url:/, '');
  const withoutScheme = location.replace(/^[a-z+]+:\/\/[^/]*\//i, '');
  // user@host:path, which is no URL.
  const path = withoutScheme.replace(/^[^/:]*:(?!\/\/)/, '').replace(/[?#].*$/, '');
  const [repository = '', inside = ''] = path.split(/\/(?:-\/)?(?:tree|blob|src)\/[^/]+/, 2);
  if (inside.replaceAll('/', '') !== '') return undefined;
  const parts = repository.split('/').filter(part => part !== '' && part !== '.' && part !== '_git');
  const slug = parts.join('/').replace(/\.git$/i, '');
  return slug === '' || slug.includes('@') ? undefined : slug;
}
