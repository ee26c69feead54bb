/** The sprint of an issue, in both forms that its field has: objects, and the text of a Java object. */

export interface Sprint {
  readonly name: string;
  readonly state: string;
  /** UTC days. */
  readonly from: string;
  readonly until: string;
}

const day = (value: unknown): string | undefined => {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 10);
};

/**
 * `com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,rapidViewId=8,state=CLOSED,name=Sprint 7,startDate=…,goal=]`
 * of Data Center. A value may hold a comma, and what looks like a key only where somebody wants it to.
 */
function fieldsIn(text: string): Readonly<Record<string, string>> {
  const inner = /\[([\s\S]*)\]\s*$/.exec(text)?.[1] ?? '';
  return Object.fromEntries(
    inner.split(/,(?=[a-z]\w*=)/i).map(part => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

/** The sprint that it is in, else the next one planned, else the last that it was in; only one that has days. */
export function sprintOf(value: unknown): Sprint | undefined {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  const sprints = list.flatMap((one): Sprint[] => {
    const fields = typeof one === 'string' ? fieldsIn(one) : ((one ?? {}) as Readonly<Record<string, unknown>>);
    const [from, until] = [day(fields.startDate), day(fields.endDate)];
    if (from === undefined || until === undefined) return [];
    return [{ name: String(fields.name ?? ''), state: String(fields.state ?? '').toLowerCase(), from, until }];
  });
  const byEnd = sprints.sort((a, b) => (a.until < b.until ? -1 : 1));
  return byEnd.find(({ state }) => state === 'active') ?? byEnd.find(({ state }) => state === 'future') ?? byEnd.at(-1);
}
