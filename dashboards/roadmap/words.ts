/** Words for the values of labels, as the page about the roadmap shows them. */

/** Of `status`. */
export const statusWords = { backlog: 'backlog', todo: 'to do', in_progress: 'in progress' } as const;

/** Of `age`, in its order. */
export const ages = ['0-7d', '7-30d', '30-90d', '90-365d', '365d+'] as const;
