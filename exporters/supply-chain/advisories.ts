/** Which ids are other names of one vulnerability, and which are advisories: those of distributions bundle several. */

const bundles =
  /^(?:RH[SBE]A|EL[SBE]A|AL[SBE]A|RL[SBEX]A|ALAS\w*|DSA|DLA|USN|LSN|SUSE-\w\w|openSUSE-\w\w|FEDORA|MGASA|GLSA|CESA|PHSA|ASB|ADV|TEMP)-/i;

/** An advisory of a distribution: one of several CVEs is no other. */
export const isBundle = (id: string): boolean => bundles.test(id);

/** Those of `said` that are the same vulnerability as `id`; an advisory is the same as its only one. */
export function aliasesOf(id: string, said: readonly (string | undefined)[]): readonly string[] {
  const others = [...new Set(said)].filter(
    (one): one is string => one !== undefined && one !== '' && one !== id && !isBundle(one),
  );
  return isBundle(id) && others.length > 1 ? [] : others;
}
