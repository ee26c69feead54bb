/**
 * The columns of a Cost and Usage Report by one name, in the three ways that AWS writes them: `lineItem/UnblendedCost`
 * (CSV of the legacy report), `line_item_unblended_cost` (its Parquet files, and CUR 2.0), and as a key of a map column
 * (CUR 2.0: `product`, `resource_tags`, `cost_category`; JSON text in CSV).
 * Source: AWS Data Exports User Guide, "Cost and Usage Report (CUR) 2.0" and "Cost and Usage Report dictionary".
 */
import { literal } from '../../bills/scan.ts';

export interface CurColumns {
  /** SQL of a column's text by its legacy name, NULL where a row has none; undefined where the header lacks it. */
  readonly text: (name: string) => string | undefined;
  /** SQL of a map's entry as text; undefined where there is no such map. */
  readonly entry: (map: string, key: string) => string | undefined;
  /** SQL of a whole map as MAP(VARCHAR, VARCHAR), NULL where it can't be read; and of what it was read from. */
  readonly map: (name: string) => { readonly map: string; readonly raw: string } | undefined;
  /** Columns whose names begin so, and the rest of their names as written: those of tags and cost categories. */
  readonly under: (prefix: string) => readonly { readonly key: string; readonly text: string }[];
}

const plain = (name: string) => name.replace(/[^a-z0-9]/gi, '').toLowerCase();
const isMap = (type: string) => type.startsWith('MAP(');

/** `names` and DuckDB's `types` (none for CSV) of a header whose columns are `c0`, `c1`, … */
export function curColumns(names: readonly string[], types: readonly string[]): CurColumns {
  const positions = new Map<string, number>();
  names.forEach((name, index) => {
    if (!positions.has(plain(name))) positions.set(plain(name), index);
  });
  const typeOf = (index: number) => types[index] ?? 'VARCHAR';
  const textAt = (index: number) => {
    const type = typeOf(index);
    if (types.length === 0) return `c${index}`;
    if (type === 'VARCHAR') return `nullif(c${index}, '')`;
    return type === 'TIMESTAMP WITH TIME ZONE' ? `make_timestamp(epoch_us(c${index}))::VARCHAR` : `c${index}::VARCHAR`;
  };
  const mapAt = (name: string) => {
    const index = positions.get(plain(name));
    if (index === undefined) return undefined;
    const type = typeOf(index);
    if (isMap(type)) return { index, isText: false };
    return type === 'VARCHAR' ? { index, isText: true } : undefined;
  };
  return {
    text: name => {
      const index = positions.get(plain(name));
      return index === undefined ? undefined : textAt(index);
    },
    entry: (name, key) => {
      const found = mapAt(name);
      if (!found) return undefined;
      // What is no JSON fails the whole file where it is looked into.
      return found.isText
        ? `CASE WHEN json_valid(c${found.index}) THEN nullif(json_extract_string(c${found.index}, ${literal(`$."${key}"`)}), '') END`
        : `nullif(map_extract_value(c${found.index}, ${literal(key)})::VARCHAR, '')`;
    },
    map: name => {
      const found = mapAt(name);
      if (!found) return undefined;
      const { index, isText } = found;
      return isText
        ? {
            map: `TRY(from_json(nullif(c${index}, '{}'), '"MAP(VARCHAR, VARCHAR)"'))`,
            raw: `nullif(${textAt(index)}, '{}')`,
          }
        : { map: `c${index}::MAP(VARCHAR, VARCHAR)`, raw: `to_json(c${index})::VARCHAR` };
    },
    under: prefix =>
      names.flatMap((name, index) => {
        const key = [`${prefix}/`, `${snake(prefix)}_`].find(start => name.startsWith(start));
        return key === undefined || isMap(typeOf(index)) ? [] : [{ key: name.slice(key.length), text: textAt(index) }];
      }),
  };
}

const snake = (name: string) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
