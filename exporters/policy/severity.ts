/** Severities as policy engines name them. */
export { severityOf, severityOfScore } from '../findings/severity.ts';
