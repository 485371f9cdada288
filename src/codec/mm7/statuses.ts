/** Status codes of MM7: what each says, and what its receiver should do. TS 23.140 8.7.5 (table of RequestStatusCode values). */

/** Who has to act: nobody, nobody but some recipients were not served, the client, the server, the service that both are part of. */
export type StatusClass = 'success' | 'partial' | 'client' | 'server' | 'service';

export interface StatusCodeRow {
  /** Text of the standard, sent as StatusText where there is nothing better to say. */
  readonly text: string;
  /** Why it is sent, for people. */
  readonly cause: string;
  /** The same request may succeed later, without a change. */
  readonly retry: boolean;
  /** First release of the specification that has it. */
  readonly release: 5 | 6;
}

const row = (text: string, cause: string, retry = false, release: 5 | 6 = 5): StatusCodeRow => ({ text, cause, retry, release });

/** One row for each assigned code. */
export const STATUS_CODES = {
  1000: row('Success', 'The request has been carried out.'),
  1100: row('Partial success', 'Some recipients or wishes were not served; Details says which.'),
  2000: row('Client error', 'The request was at fault in a way that no other code says.'),
  2001: row('Operation restricted', 'The account may not do this.'),
  2002: row('Address Error', 'An address is malformed, or of a kind that is not served; of several recipients at least one.'),
  2003: row('Address Not Found', 'The relay knows no such recipient.'),
  2004: row('Multimedia content refused', 'The content cannot be taken apart, is too large, or is of a refused type.'),
  2005: row('Message ID Not found', 'No message of that id, or none of this account.'),
  2006: row('LinkedID not found', 'No delivered message of that id.'),
  2007: row('Message format corrupt', "An element's value cannot be read."),
  2008: row('Application ID not found', 'No application of that id.', false, 6),
  2009: row('Reply Application ID not found', 'No application of that id to reply to.', false, 6),
  3000: row('Server Error', 'The relay is at fault in a way that no other code says.', true),
  3001: row('Not Possible', 'Too late, or not in the state of that message.'),
  3002: row('Message rejected', 'The relay does not take this message.'),
  3003: row('Multiple addresses not supported', 'One recipient in each request.'),
  3004: row('Application Addressing not supported', 'The relay does not address applications.', false, 6),
  4000: row('General service error', 'The service is at fault in a way that no other code says.'),
  4001: row('Improper identification', 'VASPID, VASID or login say nobody who is known, or disagree.'),
  4002: row('Unsupported version', 'The version of the message is not spoken here.'),
  4003: row('Unsupported operation', 'The body holds no operation that is served here.'),
  4004: row('Validation error', 'The message breaks the rules of XML, SOAP or the schema, or an element is missing.'),
  4005: row('Service error', 'It failed and will fail again.'),
  4006: row('Service unavailable', 'It may succeed later.', true),
  4007: row('Service denied', 'The client may not use the service now.'),
  4008: row('Application denied', 'The application may not use the service.', false, 6),
} as const satisfies Readonly<Record<number, StatusCodeRow>>;
export type StatusCode = keyof typeof STATUS_CODES;

const CLASSES: Readonly<Record<number, StatusClass>> = { 1: 'success', 2: 'client', 3: 'server', 4: 'service' };

/** Codes that providers and aggregators made up, beyond the standard's, for which the same request may succeed later. */
const VENDOR_RETRIES: ReadonlySet<number> = new Set([3500, 3510]);

/** The row of an assigned code; undefined for others. */
export const statusRow = (code: number): StatusCodeRow | undefined =>
  (STATUS_CODES as Readonly<Record<number, StatusCodeRow>>)[code];

/**
 * What a code says, a vendor's own included: by the table, else by its first digit. A number that is no status code (below 1000, or
 * another first digit than 1 to 4) is understood as a general error of the service.
 */
export function readStatus(code: number): { readonly class: StatusClass; readonly retry: boolean } {
  if (code === 1100) return { class: 'partial', retry: false };
  const known = CLASSES[Math.floor(code / 1000)] ?? 'service';
  return { class: known, retry: statusRow(code)?.retry ?? VENDOR_RETRIES.has(code) };
}
