/** Sets that are joined where they turn out to have something in common. */

export interface Sets {
  /** The representative of what it is in one set with; itself where it is alone. */
  readonly find: (member: string) => string;
  readonly join: (members: readonly string[]) => void;
  /** Members by representative. */
  readonly groups: () => ReadonlyMap<string, readonly string[]>;
}

export function unionFind(): Sets {
  const parents = new Map<string, string>();
  const find = (member: string): string => {
    let root = member;
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root)) root = next;
    for (let at = member; at !== root; ) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  return {
    find,
    join: members => {
      for (const member of members) if (!parents.has(member)) parents.set(member, member);
      const [first] = members;
      if (first === undefined) return;
      for (const member of members) parents.set(find(member), find(first));
    },
    groups: () => {
      const groups = new Map<string, string[]>();
      for (const member of parents.keys()) {
        const root = find(member);
        const group = groups.get(root);
        if (group) group.push(member);
        else groups.set(root, [member]);
      }
      return groups;
    },
  };
}
