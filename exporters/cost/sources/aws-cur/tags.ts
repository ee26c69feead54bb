/**
 * Tags of a line as one JSON object. AWS puts `user:` before a key (`resourceTags/user:team`), which Parquet and CUR 2.0
 * write `user_` (`resource_tags_user_team`, `{"user_team":…}`, in lower snake case); a rule finds a tag by its own key,
 * `team`, and by `user:team` in all of them. Keys of AWS (`aws:createdBy`) and cost categories (`costCategory/Name`) stay.
 */
import { literal } from '../../bills/scan.ts';
import type { CurColumns } from './columns.ts';

/** SQL of the object as text, `{}` or NULL where a line has no tag; text that is no JSON stays as it is, to be noted. */
export function tagsOf(columns: CurColumns): string | undefined {
  const own = columns.under('resourceTags').map(({ key, text }) => members(namesOf(key), text));
  const categories = columns.under('costCategory').map(({ key, text }) => members([`costCategory/${key}`], text));
  const maps = [
    mapMembers(columns, 'resource_tags', ''),
    mapMembers(columns, 'tags', ''),
    mapMembers(columns, 'cost_category', 'costCategory/'),
  ].filter(sql => sql !== undefined);
  const pieces = [...own, ...maps.map(({ members }) => members), ...categories];
  if (pieces.length === 0) return undefined;
  const object = `'{' || concat_ws(',', ${pieces.join(', ')}) || '}'`;
  const odd = maps.map(({ odd }) => odd);
  return odd.length === 0 ? object : `coalesce(${odd.join(', ')}, ${object})`;
}

/** The names by which rules may read a tag that is written so. */
function namesOf(key: string): readonly string[] {
  const user = /^user[:_](.+)$/.exec(key)?.[1];
  return user === undefined ? [key] : [...new Set([user, `user:${user}`, key])];
}

const members = (names: readonly string[], text: string) =>
  `CASE WHEN ${text} IS NOT NULL THEN ${names
    .map(name => `${literal(`${JSON.stringify(name)}:`)} || to_json(${text})::VARCHAR`)
    .join(` || ',' || `)} END`;

/** The same for a map; `odd` is its text where it is none. */
function mapMembers(columns: CurColumns, name: string, prefix: string) {
  const found = columns.map(name);
  if (!found) return undefined;
  // The key in quotes, which are cut off and put back: to quote each of its names anew takes twice as long.
  const key = '(to_json(e."key")::VARCHAR)';
  const value = `':' || to_json(e."value")::VARCHAR`;
  const named = (skip: number) =>
    `'"' || ${key}[${skip + 2}:] || ${value} || ',"user:' || ${key}[${skip + 2}:] || ${value} || ',' || ${key} || ${value}`;
  const user = `WHEN starts_with(e."key", 'user_') OR starts_with(e."key", 'user:') THEN ${named('user_'.length)}`;
  // `tags` of CUR 2.0 holds all kinds, and says which: resourceTags/team, accountTag/team, costCategory/team.
  const resource = `WHEN starts_with(e."key", 'resourceTags/') THEN ${named('resourceTags/'.length)}`;
  const written =
    prefix === ''
      ? `CASE ${user}${name === 'tags' ? ` ${resource}` : ''} ELSE ${key} || ${value} END`
      : `to_json(${literal(prefix)} || e."key")::VARCHAR || ${value}`;
  return {
    members: `nullif(array_to_string(list_transform(map_entries(${found.map}), lambda e: ${written}), ','), '')`,
    odd: `CASE WHEN ${found.raw} IS NOT NULL AND ${found.map} IS NULL THEN ${found.raw} END`,
  };
}
