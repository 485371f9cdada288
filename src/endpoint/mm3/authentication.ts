/**
 * What a border server found out about who sent a mail: the Authentication-Results that it put on top. RFC 8601.
 *
 * A field with any other name in it is somebody's claim. Border servers take out fields that already bear their name (RFC 8601 5); as a
 * second line the first field of a trusted server counts, and those below it do not.
 */
import { fieldsOf, type MimeField } from '#codec/mime';
import type { AuthenticationMethod } from './settings.js';

/** `pass`, `fail`, `softfail`, `none`, ...; absent: the server says nothing of the method. */
export type AuthenticationResults = { readonly [method in AuthenticationMethod]?: string };

const METHODS: readonly AuthenticationMethod[] = ['spf', 'dkim', 'dmarc'];
/** Longest field that is read. Source: a field with a dozen signatures has 2,000 characters. */
const FIELD_CHARACTERS_MAX = 16_384;

/** Text without comments, which may stand anywhere. */
function withoutComments(text: string): string {
  let depth = 0;
  let clean = '';
  for (const c of text.slice(0, FIELD_CHARACTERS_MAX)) {
    if (c === '(') depth++;
    else if (c === ')' && depth > 0) depth--;
    else if (depth === 0) clean += c;
  }
  return clean;
}

/** The results of the topmost field of a trusted server; none where there is no such field. Of several results of a method a pass counts. */
export function authenticationResults(fields: readonly MimeField[], servers: readonly string[]): AuthenticationResults {
  for (const value of fieldsOf(fields, 'Authentication-Results')) {
    const [head = '', ...entries] = withoutComments(value).split(';');
    const server = head.trim().split(/\s/, 1)[0]!.toLowerCase();
    if (!servers.some((name) => name.toLowerCase() === server)) continue;
    const results: { [method in AuthenticationMethod]?: string } = {};
    for (const entry of entries) {
      const [, name, result] = /^\s*([a-z]+)(?:\/\d+)?\s*=\s*([a-z]+)/i.exec(entry) ?? [];
      const method = METHODS.find((one) => one === name?.toLowerCase());
      if (method === undefined || result === undefined || results[method] === 'pass') continue;
      results[method] = result.toLowerCase();
    }
    return results;
  }
  return {};
}
