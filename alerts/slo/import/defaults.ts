/** What specifications leave open. */

/** Seconds without traffic until it is told. */
export const defaultNoTrafficAfter = 3_600;
