/** What `analysis` says of vulnerabilities, in the words of OpenVEX where it has them. */
import { evaluatedAt } from '../../../findings/look.ts';
import type { Artifact, VexStatement } from '../../document.ts';
import type { Refs } from './refs.ts';
import { type Meant, meantIn } from './refs.ts';
import type { Vulnerability } from './vulnerability.ts';

export const standings: Readonly<Record<string, VexStatement['status'] | undefined>> = {
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'affected',
  in_triage: 'under_investigation',
  false_positive: 'not_affected',
  not_affected: 'not_affected',
};

/** What has no like in OpenVEX keeps its word: requires_configuration, requires_dependency, requires_environment. */
const justifications: Readonly<Record<string, string | undefined>> = {
  code_not_present: 'vulnerable_code_not_present',
  code_not_reachable: 'vulnerable_code_not_in_execute_path',
  protected_by_compiler: 'inline_mitigations_already_exist',
  protected_at_runtime: 'inline_mitigations_already_exist',
  protected_at_perimeter: 'inline_mitigations_already_exist',
  protected_by_mitigating_control: 'inline_mitigations_already_exist',
};

export interface VexMeans {
  readonly artifact: Artifact;
  readonly owner: string;
  readonly at: string;
  /** Identifies the document. */
  readonly document: string;
  readonly author: string | undefined;
}

export function statementsOf(
  vulnerabilities: readonly Vulnerability[],
  refs: Refs,
  { artifact, owner, at, document, author }: VexMeans,
): readonly VexStatement[] {
  return vulnerabilities.flatMap((one, index) => {
    const { id, aliases, analysis } = one;
    const status = analysis && standings[analysis.state];
    if (analysis === undefined || status === undefined) return [];
    const meant = meantIn(one, refs);
    const time = Date.parse(analysis.at ?? '');
    const said = Number.isNaN(time) ? at : evaluatedAt(analysis.at, { at: new Date(at), now: new Date() });
    return meant.map((what, place): VexStatement => {
      const justification =
        analysis.justification && (justifications[analysis.justification] ?? analysis.justification);
      return {
        ...{ id: `${document}#${index}.${place}`, vulnerability: id, status, at: said, owner },
        ...(aliases.length > 0 && { aliases }),
        ...productOf(what, artifact),
        ...(justification && { justification }),
        ...(analysis.detail === undefined ? {} : { statement: analysis.detail }),
        ...(author === undefined ? {} : { author }),
      };
    });
  });
}

function productOf(meant: Meant, artifact: Artifact): Pick<VexStatement, 'artifact' | 'purl' | 'bom'> {
  if (meant.is === 'linked') return { bom: meant.bom, ...(meant.own && productOf(meant.own, artifact)) };
  if (meant.is === 'purl') return { artifact, purl: meant.purl };
  if (meant.is === 'package') {
    const { purl, name, version } = meant.package;
    return {
      artifact,
      purl: purl === '' ? `pkg:generic/${encodeURIComponent(name)}@${encodeURIComponent(version)}` : purl,
    };
  }
  return meant.is === 'all' ? { artifact } : { artifact, purl: meant.ref };
}
