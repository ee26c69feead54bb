/** `${NAME}` and `${NAME:-default}` inside the strings of a configuration; `$${NAME}` stands for the text `${NAME}`. */

export type Environment = Readonly<Record<string, string | undefined>>;

interface Substitution {
  readonly value: string;
  /** Names that the environment does not have and that have no default. */
  readonly missing: readonly string[];
  /** True where anything was put in. */
  readonly used: boolean;
}

const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}/g;

/** As in a shell, a default also stands in for a name that is set to nothing. */
export function substitute(text: string, env: Environment): Substitution {
  const missing: string[] = [];
  let used = false;
  const value = text.replace(reference, (whole, name?: string, hasDefault?: string, fallback?: string) => {
    // The first `$` of `$${` escapes the second.
    if (name === undefined) return whole.slice(1);
    used = true;
    const given = env[name];
    if (hasDefault !== undefined) return given === undefined || given === '' ? (fallback ?? '') : given;
    if (given === undefined) missing.push(name);
    return given ?? whole;
  });
  return { value, missing, used };
}
