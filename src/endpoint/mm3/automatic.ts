/**
 * Mail that no person wrote, mail to many, and mail that goes round: what nothing may answer, and what is not taken. RFC 3834, RFC 5321 6.3,
 * RFC 4356 2.1.1.
 */
import { fieldOf, fieldsOf, type MimeField } from '#codec/mime';

/** Received fields above which mail is taken to go round. RFC 5321 6.3 asks for 100 at least. */
export const RECEIVED_MAX = 100;
/** The field by which we know our own mail again. */
export const TRACE_FIELD = 'X-Loop';

const BULK: readonly string[] = ['bulk', 'list', 'junk'];

/** The first word of a value, in lower case. */
const word = (value: string | undefined): string | undefined => value?.trim().split(/[\s;]/, 1)[0]?.toLowerCase();

/** Whether nothing may be sent in answer, and what phones show as automatic: by its null sender or its own word. RFC 3834 2. */
export function isAutomatic(fields: readonly MimeField[], envelopeSender: string): boolean {
  const submitted = word(fieldOf(fields, 'Auto-Submitted'));
  return envelopeSender === '' || (submitted !== undefined && submitted !== 'no');
}

/** Mail of a list, or to many. */
export const isBulk = (fields: readonly MimeField[]): boolean =>
  BULK.includes(word(fieldOf(fields, 'Precedence')) ?? '') || fieldOf(fields, 'List-Id') !== undefined;

/** Whether the mail has been here before, or has been through too many hands. */
export const goesRound = (fields: readonly MimeField[], domains: readonly string[]): boolean =>
  fieldsOf(fields, 'Received').length >= RECEIVED_MAX ||
  fieldsOf(fields, TRACE_FIELD).some((value) => domains.includes(value.trim().toLowerCase()));
