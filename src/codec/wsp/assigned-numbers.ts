/** WSP's assigned numbers that MMS meets: media types, parameters, header names of code page 1. WAP-230 appendix A; WINA registry. */

/** Media types by number; a hole is a number whose meaning our sources do not agree on. */
const MEDIA: readonly (string | undefined)[] = [
  '*/*',
  'text/*',
  'text/html',
  'text/plain',
  'text/x-hdml',
  'text/x-ttml',
  'text/x-vcalendar',
  'text/x-vcard',
  'text/vnd.wap.wml',
  'text/vnd.wap.wmlscript',
  'text/vnd.wap.channel',
  'multipart/*',
  'multipart/mixed',
  'multipart/form-data',
  'multipart/byteranges',
  'multipart/alternative',
  'application/*',
  'application/java-vm',
  'application/x-www-form-urlencoded',
  'application/x-hdmlc',
  'application/vnd.wap.wmlc',
  'application/vnd.wap.wmlscriptc',
  'application/vnd.wap.channelc',
  'application/vnd.wap.uaprof',
  'application/vnd.wap.wtls-ca-certificate',
  'application/vnd.wap.wtls-user-certificate',
  'application/x-x509-ca-cert',
  'application/x-x509-user-cert',
  'image/*',
  'image/gif',
  'image/jpeg',
  'image/tiff',
  'image/png',
  'image/vnd.wap.wbmp',
  'application/vnd.wap.multipart.*',
  'application/vnd.wap.multipart.mixed',
  'application/vnd.wap.multipart.form-data',
  'application/vnd.wap.multipart.byteranges',
  'application/vnd.wap.multipart.alternative',
  'application/xml',
  'text/xml',
  'application/vnd.wap.wbxml',
  'application/x-x968-cross-cert',
  'application/x-x968-ca-cert',
  'application/x-x968-user-cert',
  'text/vnd.wap.si',
  'application/vnd.wap.sic',
  'text/vnd.wap.sl',
  'application/vnd.wap.slc',
  'text/vnd.wap.co',
  'application/vnd.wap.coc',
  'application/vnd.wap.multipart.related',
  'application/vnd.wap.sia',
  'text/vnd.wap.connectivity-xml',
  'application/vnd.wap.connectivity-wbxml',
  'application/pkcs7-mime',
  'application/vnd.wap.hashed-certificate',
  'application/vnd.wap.signed-certificate',
  'application/vnd.wap.cert-response',
  'application/xhtml+xml',
  'application/wml+xml',
  'text/css',
  'application/vnd.wap.mms-message',
  'application/vnd.wap.rollover-certificate',
  'application/vnd.wap.locc+wbxml',
  'application/vnd.wap.loc+xml',
  'application/vnd.syncml.dm+wbxml',
  'application/vnd.syncml.dm+xml',
  'application/vnd.syncml.notification',
  'application/vnd.wap.xhtml+xml',
  'application/vnd.wv.csp.cir',
  'application/vnd.oma.dd+xml',
  'application/vnd.oma.drm.message',
  'application/vnd.oma.drm.content',
  'application/vnd.oma.drm.rights+xml',
  'application/vnd.oma.drm.rights+wbxml',
  'application/vnd.wv.csp+xml',
  'application/vnd.wv.csp+wbxml',
];
const OCTET_STREAM = 0x5a;

/** Every client of every WSP version knows the numbers up to this one; later ones are spelled out. */
export const MEDIA_CODE_SAFE_MAX = 0x33;
export const MEDIA_CODE_MMS_MESSAGE = 0x3e;

const NUMBERED = /^0x[0-9a-f]{2,8}$/;

/** Media type by its number, lower case; `0x91`-style for a number without a name. */
export const mediaName = (code: number): string =>
  MEDIA[code] ?? (code === OCTET_STREAM ? 'application/octet-stream' : `0x${code.toString(16).padStart(2, '0')}`);

const MEDIA_CODES = new Map<string, number>(MEDIA.flatMap((name, code) => (name === undefined ? [] : [[name, code] as const])));
MEDIA_CODES.set('application/octet-stream', OCTET_STREAM);

/** Number of a media type in lower case; undefined when it must be spelled out, as `0x0a` is when somebody means these letters. */
export function mediaCode(media: string): number | undefined {
  const code = MEDIA_CODES.get(media) ?? (NUMBERED.test(media) ? Number.parseInt(media, 16) : undefined);
  return code === undefined || mediaName(code) === media ? code : undefined;
}

/** How a parameter's value is written. `typed` ones have their own grammar, all others are text. */
export type ParameterGrammar = 'text' | 'charset' | 'media' | 'integer' | 'q' | 'version' | 'none' | 'field-name';

export interface ParameterRow {
  readonly name: string;
  readonly grammar: ParameterGrammar;
}

const parameter = (name: string, grammar: ParameterGrammar = 'text'): ParameterRow => ({ name, grammar });

/** Parameters by number (wire octet is 0x80 more). WAP-230 table 38 and 8.4.2.4. Two numbers for a name are two grammars of its text. */
export const PARAMETERS: readonly (ParameterRow | undefined)[] = [
  parameter('q', 'q'),
  parameter('charset', 'charset'),
  parameter('level', 'version'),
  parameter('type', 'media'),
  undefined,
  parameter('name'),
  parameter('filename'),
  parameter('differences', 'field-name'),
  parameter('padding', 'integer'),
  parameter('type', 'media'),
  parameter('start'),
  parameter('start-info'),
  parameter('comment'),
  parameter('domain'),
  parameter('max-age', 'integer'),
  parameter('path'),
  parameter('secure', 'none'),
  parameter('sec', 'integer'),
  parameter('mac'),
  parameter('creation-date', 'integer'),
  parameter('modification-date', 'integer'),
  parameter('read-date', 'integer'),
  parameter('size', 'integer'),
  parameter('name'),
  parameter('filename'),
  parameter('start'),
  parameter('start-info'),
  parameter('comment'),
  parameter('domain'),
  parameter('path'),
];

/** The numbers written: those that phones of every age read. The other parameters are written by name. */
export const PARAMETER_CODES: Readonly<Record<string, number>> = {
  charset: 0x01,
  name: 0x05,
  filename: 0x06,
  type: 0x09,
  start: 0x0a,
  'start-info': 0x0b,
};

/** What a header's value looks like here; `opaque` ones are kept as octets. */
export type HeaderGrammar = 'text' | 'quoted' | 'integer' | 'disposition' | 'application-id' | 'opaque';

export interface HeaderRow {
  readonly name: string;
  readonly grammar: HeaderGrammar;
}

const header = (name: string, grammar: HeaderGrammar = 'opaque'): HeaderRow => ({ name, grammar });

/** Header names of code page 1 by number (wire octet is 0x80 more). WAP-230 table 39. */
export const HEADERS: readonly HeaderRow[] = [
  header('Accept'),
  header('Accept-Charset'),
  header('Accept-Encoding'),
  header('Accept-Language'),
  header('Accept-Ranges'),
  header('Age', 'integer'),
  header('Allow'),
  header('Authorization'),
  header('Cache-Control'),
  header('Connection'),
  header('Content-Base', 'text'),
  header('Content-Encoding'),
  header('Content-Language'),
  header('Content-Length', 'integer'),
  header('Content-Location', 'text'),
  header('Content-MD5'),
  header('Content-Range'),
  header('Content-Type'),
  header('Date'),
  header('Etag', 'text'),
  header('Expires'),
  header('From', 'text'),
  header('Host', 'text'),
  header('If-Modified-Since'),
  header('If-Match', 'text'),
  header('If-None-Match', 'text'),
  header('If-Range'),
  header('If-Unmodified-Since'),
  header('Location', 'text'),
  header('Last-Modified'),
  header('Max-Forwards', 'integer'),
  header('Pragma'),
  header('Proxy-Authenticate'),
  header('Proxy-Authorization'),
  header('Public'),
  header('Range'),
  header('Referer', 'text'),
  header('Retry-After'),
  header('Server', 'text'),
  header('Transfer-Encoding'),
  header('Upgrade', 'text'),
  header('User-Agent', 'text'),
  header('Vary'),
  header('Via', 'text'),
  header('Warning'),
  header('WWW-Authenticate'),
  header('Content-Disposition', 'disposition'),
  header('X-Wap-Application-Id', 'application-id'),
  header('X-Wap-Content-URI', 'text'),
  header('X-Wap-Initiator-URI', 'text'),
  header('Accept-Application'),
  header('Bearer-Indication', 'integer'),
  header('Push-Flag', 'integer'),
  header('Profile', 'text'),
  header('Profile-Diff'),
  header('Profile-Warning'),
  header('Expect'),
  header('TE'),
  header('Trailer'),
  header('Accept-Charset'),
  header('Accept-Encoding'),
  header('Cache-Control'),
  header('Content-Range'),
  header('X-Wap-Tod'),
  header('Content-ID', 'quoted'),
  header('Set-Cookie'),
  header('Cookie'),
  header('Encoding-Version'),
  header('Profile-Warning'),
  header('Content-Disposition', 'disposition'),
  header('X-Wap-Security'),
  header('Cache-Control'),
  header('Expect'),
  header('X-Wap-Loc-Invocation', 'text'),
  header('X-Wap-Loc-Delivery', 'text'),
];

export const HEADER_CONTENT_LENGTH = 0x0d;
export const HEADER_CONTENT_LOCATION = 0x0e;
export const HEADER_APPLICATION_ID = 0x2f;
export const HEADER_CONTENT_ID = 0x40;

/** Number of a header name in any case, where its grammar is known here; the first of several, which every client knows. */
export const headerCode = (name: string): number | undefined => HEADER_CODES.get(name.toLowerCase());
const HEADER_CODES = new Map<string, number>();
HEADERS.forEach(({ name, grammar }, code) => {
  const key = name.toLowerCase();
  if (grammar !== 'opaque' && !HEADER_CODES.has(key)) HEADER_CODES.set(key, code);
});
