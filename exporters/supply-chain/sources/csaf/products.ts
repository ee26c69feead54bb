/** Package URLs of a CSAF product tree by product id; of a component in a platform those of the component. */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';

/** `vendor`: the namespace of the publisher's RPM packages, where it has some. */
export function purlsOf(tree: JsonObject, vendor: string | undefined): ReadonlyMap<string, string> {
  const purls = new Map<string, string>();
  const add = (product: unknown): void => {
    const id = wordOf(objectOf(product).product_id, 1000);
    const helper = objectOf(objectOf(product).product_identification_helper);
    // A list in CSAF 2.1.
    const purl = wordOf(helper.purl, 2000) ?? wordOf(listOf(helper.purls)[0], 2000);
    if (id !== undefined && purl !== undefined) purls.set(id, purl);
  };
  const waiting: unknown[] = [...listOf(tree.branches)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isObject(next)) continue;
    for (const inside of listOf(next.branches)) waiting.push(inside);
    add(next.product);
  }
  for (const product of listOf(tree.full_product_names)) add(product);
  for (const relation of listOf(tree.relationships)) {
    const { full_product_name: whole, product_reference: part } = objectOf(relation);
    add(whole);
    const [id, purl] = [
      wordOf(objectOf(whole).product_id, 1000),
      purls.get(String(part)) ?? rpmOf(String(part), vendor),
    ];
    if (id !== undefined && purl !== undefined && !purls.has(id)) purls.set(id, purl);
  }
  return purls;
}

/** Red Hat's documents before 2023 have no package URLs, and products called `httpd-0:2.4.37-21.el8.x86_64`. */
function rpmOf(product: string, vendor: string | undefined): string | undefined {
  const [, name, epoch, version, arch] = /^([\w.+-]+)-(\d+):([^-\s]+-[^-\s]+)\.(\w+)$/.exec(product) ?? [];
  if (vendor === undefined || name === undefined || version === undefined) return undefined;
  const spelt = `pkg:rpm/${vendor}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}`;
  return epoch === '0' ? spelt : `${spelt}&epoch=${epoch}`;
}
