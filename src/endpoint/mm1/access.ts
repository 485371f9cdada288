/** Which request is for what: by path, method and the few headers that decide whether a body can be a PDU at all. Knows no socket. */
import type { HeaderValues } from './identity.js';

export type Access =
  /** A PDU follows. */
  | { readonly kind: 'post' }
  /** Content is wanted; `key` names the delivery. */
  | { readonly kind: 'content'; readonly key: string }
  /** HTTP's own refusal; `allow` for 405. */
  | { readonly kind: 'refused'; readonly status: 403 | 404 | 405 | 415 | 431; readonly why: string; readonly allow?: string };

export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: HeaderValues;
}

const POST: Access = { kind: 'post' };

/** What content addresses end with: a delivery key, and behind it whatever a client has appended (some add the transaction id). */
const KEY = /^[-0-9A-Z_a-z]{22}/;

/**
 * `path`: where PDUs are posted. `contentUrl`: what content addresses begin with; PDUs are taken there too, since Android has a carrier
 * switch that sends its answers to the content address. Throws an Error when `contentUrl` is no URL.
 */
export function createAccess(path: string, contentUrl: string): (head: RequestHead) => Access {
  if (!URL.canParse(contentUrl)) throw new Error(`mm1: "${contentUrl}" is no URL; expected for instance http://mmsc.example/m`);
  const contentPath = `${withoutSlash(new URL(contentUrl).pathname)}/`;
  const postPath = withoutSlash(path);

  return (head) => {
    const target = readPath(head.url ?? '');
    if (withoutSlash(target) === postPath) return head.method === 'POST' ? postable(head.headers) : notAllowed('POST');
    if (!target.startsWith(contentPath)) return notFound;
    const key = KEY.exec(target.slice(contentPath.length))?.[0];
    if (key === undefined) return notFound;
    if (head.method === 'GET' || head.method === 'HEAD') return { kind: 'content', key };
    return head.method === 'POST' ? postable(head.headers) : notAllowed('GET, HEAD, POST');
  };
}

/**
 * 404 stands only where no address of ours can be meant: Android deletes a notification for a 404, so a key that is merely unknown gets an
 * M-Retrieve.conf with its status instead.
 */
const notFound: Access = { kind: 'refused', status: 404, why: 'no such path' };
const notAllowed = (allow: string): Access => ({ kind: 'refused', status: 405, why: 'method not allowed', allow });

/** Path of a request target, in origin form or in the absolute form that handsets behind a proxy use. */
function readPath(target: string): string {
  let start = 0;
  if (!target.startsWith('/')) {
    const authority = /^https?:\/\/[^/?]*/i.exec(target);
    if (authority === null) return '';
    start = authority[0].length;
  }
  const query = target.indexOf('?', start);
  return target.slice(start, query === -1 ? undefined : query);
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

const MEDIA_TYPE = /^([\w!#$&^.+-]+)\/([\w!#$&^.+-]+)/;

/**
 * Whether the body may be a PDU. Gateways forget the content type or spell it oddly, and the PDU says itself what it is: so nothing, what
 * is no media type, the WAP types and the type of "just octets" pass; a type that clearly means something else does not.
 * A request with Origin comes from a web page: it would act under the number of the handset that shows the page.
 */
function postable(headers: HeaderValues): Access {
  if (headers['origin'] !== undefined) return { kind: 'refused', status: 403, why: 'sent by a web page' };
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding !== '' && coding !== 'identity')
    return { kind: 'refused', status: 415, why: 'content coding' };
  const type = headers['content-type'];
  if (typeof type !== 'string') return POST;
  if (type === 'application/vnd.wap.mms-message') return POST;
  const media = MEDIA_TYPE.exec(type.trim().toLowerCase());
  if (media === null) return POST;
  const [, top, sub = ''] = media;
  if (top === 'application' && (sub.startsWith('vnd.wap.') || sub === 'octet-stream')) return POST;
  return { kind: 'refused', status: 415, why: `content type ${top}/${sub}` };
}
