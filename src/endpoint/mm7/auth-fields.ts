/** Parameters of HTTP authentication fields, as `Digest username="a", qop=auth`. RFC 9110 11.2. */

/** A scheme in lower case with its parameters, or with its token68. */
export interface AuthField {
  readonly scheme: string;
  /** By lower-case name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What stands behind the scheme where it is no list of parameters, as with Basic and Bearer. */
  readonly token: string;
}

/** A name begins where no name stands before it: else a long row of such characters would be tried from each of them. */
const PARAMETER =
  /(?<![!#$%&'*+.^_`|~0-9A-Za-z-])([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",=][^\s",]*))/g;

/** Of one field. Unit: characters. Source: a Digest answer with every parameter has about 500. */
const FIELD_MAX = 4096;

/** The parts of an Authorization field, or of one challenge; undefined when it is none, or longer than makes sense. */
export function readAuthField(value: string): AuthField | undefined {
  if (value.length > FIELD_MAX) return undefined;
  const blank = value.search(/[ \t]/);
  const scheme = (blank < 0 ? value : value.slice(0, blank)).toLowerCase();
  const rest = blank < 0 ? '' : value.slice(blank).trim();
  const parameters: Record<string, string> = {};
  for (const [, name, quoted, bare] of rest.matchAll(PARAMETER))
    parameters[name!.toLowerCase()] ??= quoted === undefined ? bare! : quoted.replaceAll(/\\(.)/g, '$1');
  return scheme === '' ? undefined : { scheme, parameters, token: rest };
}

/** A parameter in quotes. */
export const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
