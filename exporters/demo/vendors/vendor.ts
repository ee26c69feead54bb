/** What a vendor of the demo is asked, and answers. */
import type http from 'node:http';

export interface VendorRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The first day of which nothing is known yet, UTC midnight. */
  readonly until: Date;
  /** The day that the story of policies is told around. */
  readonly story: Date;
}

/** What a vendor answers as JSON; undefined where the request is not for it. */
export type Vendor = (request: VendorRequest) => { readonly status: number; readonly body: unknown } | undefined;
