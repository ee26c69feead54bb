/** The errors of the dora exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
