/** Who owned what on a day, by the version of the catalog that held then: a reorganisation doesn't rewrite old answers. */
import type { Ownership } from '../../catalog/ownership.ts';
import { firstDay, versionSpans } from '../../catalog/timeline.ts';
import { ownershipOfVersion, versionsOf } from '../../catalog/versions.ts';
import type { Reader } from '../../core/ledger.ts';

/** `now` answers where no version was kept yet. */
export async function ownershipByDay(reader: Reader, now: Ownership): Promise<(day: string) => Ownership> {
  const spans: { readonly from: string; readonly ownership: Ownership }[] = [];
  for (const { from, version } of versionSpans(await versionsOf(reader)))
    spans.push({
      from,
      ownership: version.digest === now.digest ? now : await ownershipOfVersion(reader, version),
    });
  return day => spans.findLast(({ from }) => from <= day || from === firstDay)?.ownership ?? now;
}
