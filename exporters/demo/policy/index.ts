/** Reports of policies in files, by their names below `policy/`, each as old as what it tells. */
import { azurePolicyFiles } from './azure.ts';
import { decisionFiles } from './decisions.ts';
import { gatekeeperFiles } from './gatekeeper.ts';
import { kyvernoFiles } from './kyverno.ts';
import { checkovFiles, conftestFiles } from './scans.ts';
import type { Span } from './story.ts';

export interface PolicyFile {
  readonly at: Date;
  readonly text: string;
}

export function policyFiles(span: Span, story: Date): ReadonlyMap<string, PolicyFile> {
  const folders = {
    kyverno: kyvernoFiles(span, story),
    gatekeeper: gatekeeperFiles(span, story),
    checkov: checkovFiles(span, story),
    conftest: conftestFiles(span, story),
    azure: azurePolicyFiles(span, story),
    decisions: decisionFiles(span),
  };
  return new Map(
    Object.entries(folders).flatMap(([folder, files]) =>
      [...files].map(([name, file]): [string, PolicyFile] => [`${folder}/${name}`, file]),
    ),
  );
}
