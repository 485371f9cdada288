/** An HTTP service as a lookup of routing: one GET for a number, JSON in the answer. Our own gate's is one (`startNumbersHttp`). */
import { Pool } from 'undici';
import type { Msisdn } from '#base';
import type { LookupAnswer, NumberHome } from '#messaging/routing';
import { type Answered, type LookupClient, type LookupConfig, type LookupPorts, Lookups } from './lookups.js';

/** Members of the answer, as paths of names joined by dots. A member that is absent or null says nothing; the first of these rows that says something counts. */
export interface HttpFields {
  /** True: the number is ours. */
  readonly own?: string;
  /** Domain of the carrier's MMS relay. */
  readonly domain?: string;
  /** `240-01`, `24001` or `240001`. */
  readonly network?: string;
  /** Routing number or operator's code: text or a number. */
  readonly operator?: string;
}

export interface HttpClientConfig extends LookupConfig {
  /** http or https; `{number}` stands for the digits with country code. */
  readonly url: string;
  /** How the answer is read: as that of our own gate, or by the names of its members. */
  readonly answer: 'gate' | HttpFields;
  /** Headers sent with each request, for instance Authorization. */
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of the authorities believed; absent: those of the system. */
  readonly authorities?: string;
  readonly connectionsMax: number;
}

/** Octets of an answer that are read. Source: that of our own gate has 200. */
const ANSWER_OCTETS_MAX = 16_384;
/** Characters of an answer that are shown. */
const EVIDENCE_LENGTH_MAX = 200;
const PLACE = '{number}';

/** Throws an Error for a configuration that cannot be. Connects when the first number is asked for. */
export function createHttpClient(config: HttpClientConfig, ports: LookupPorts): LookupClient {
  const fault = faultOf(config);
  if (fault !== undefined) throw new Error(`numbering: ${config.name}: ${fault}`);
  const url = new URL(config.url.replace(PLACE, ''));
  const pool = new Pool(url.origin, {
    connections: config.connectionsMax,
    pipelining: 1,
    // A question has its own deadline. A connection that takes longer to make would hold its place in the pool for nobody.
    connectTimeout: 2 * config.deadlineMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: ANSWER_OCTETS_MAX,
    ...(config.authorities !== undefined && { connect: { ca: config.authorities } }),
  });
  const lookups = new Lookups(config, ports, (number, signal) => ask(config, pool, number, signal));
  return {
    name: config.name,
    find: (number) => lookups.find(number),
    async close() {
      await lookups.close();
      await pool.destroy();
    },
  };
}

function faultOf({ url }: HttpClientConfig): string | undefined {
  if (!url.includes(PLACE)) return `the URL names no place for the number (${PLACE})`;
  try {
    return /^https?:$/.test(new URL(url).protocol) ? undefined : 'the URL is neither http nor https';
  } catch (e) {
    if (e instanceof TypeError) return 'the URL is none';
    throw e;
  }
}

async function ask(config: HttpClientConfig, pool: Pool, number: Msisdn, signal: AbortSignal): Promise<Answered> {
  const url = new URL(config.url.replace(PLACE, number));
  const from = url.host;
  try {
    const { statusCode, headers, body } = await pool.request({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: { accept: 'application/json', ...config.headers },
      signal,
    });
    const text = await body.text();
    if (statusCode === 404) return { answer: { kind: 'nothing', evidence: ['status 404'], from }, ...maxAge(headers) };
    if (statusCode !== 200) return failed('refused', `${from}: status ${statusCode}`);
    return { answer: readHttpAnswer(config.answer, text, from), ...maxAge(headers) };
  } catch (e) {
    // undici rejects with errors of the network, of its limits and of the signal; whatever it is, there is no answer.
    if (!(e instanceof Error)) throw e;
    return signal.aborted ? failed('late', `no answer from ${from}`) : failed('unreachable', `${from}: ${e.message}`);
  }
}

type Cause = Extract<LookupAnswer, { kind: 'failed' }>['cause'];
const failed = (cause: Cause, detail: string): Answered => ({ answer: { kind: 'failed', cause, detail } });

/** RFC 9111 5.2.2: `no-store` and `no-cache` are an age of nothing; without a word none is said. */
function maxAge(headers: Record<string, string | string[] | undefined>): { ttlSeconds?: number } {
  const control = String(headers['cache-control'] ?? '').toLowerCase();
  if (/\bno-(?:store|cache)\b/.test(control)) return { ttlSeconds: 0 };
  const [, seconds] = /\bmax-age=(\d{1,9})\b/.exec(control) ?? [];
  return seconds === undefined ? {} : { ttlSeconds: Number(seconds) };
}

/** What the body of an answer says of the number; any text gives an answer. `from`: who said it. */
export function readHttpAnswer(answer: HttpClientConfig['answer'], text: string, from: string): LookupAnswer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (e) {
    if (!(e instanceof SyntaxError)) throw e;
    return { kind: 'failed', cause: 'malformed', detail: `${from}: the answer is no JSON` };
  }
  const home = answer === 'gate' ? gateHome(value) : fieldsHome(value, answer);
  const evidence = [text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, EVIDENCE_LENGTH_MAX)];
  if (home === 'malformed') return { kind: 'failed', cause: 'malformed', detail: `${from}: ${evidence[0]}` };
  return home ? { kind: 'home', home, evidence, from } : { kind: 'nothing', evidence, from };
}

type Read = NumberHome | undefined | 'malformed';

const memberOf = (value: unknown, path: string | undefined): unknown =>
  path === undefined
    ? undefined
    : path.split('.').reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As the number store itself is read (`portabilitySource`): types 1 and 2 are numbers that have left. */
function gateHome(value: unknown): Read {
  const kind = memberOf(value, 'entity.kind');
  const routingNumber = memberOf(value, 'entity.routingNumber');
  const type = memberOf(value, 'portabilityType');
  if (kind === 'rn') return operatorOf(routingNumber);
  if (kind !== 'sp' && kind !== 'none') return 'malformed';
  if (type === 1 || type === 2) return { kind: 'elsewhere' };
  return kind === 'sp' ? { kind: 'own' } : undefined;
}

function fieldsHome(value: unknown, fields: HttpFields): Read {
  if (!isRecord(value)) return 'malformed';
  const said = (name: keyof HttpFields): unknown => memberOf(value, fields[name]) ?? undefined;
  const [own, domain, network, operator] = [said('own'), said('domain'), said('network'), said('operator')];
  if (own !== undefined && typeof own !== 'boolean') return 'malformed';
  if (own === true) return { kind: 'own' };
  if (domain !== undefined) return domainOf(domain);
  if (network !== undefined) return networkOf(network);
  if (operator !== undefined) return operatorOf(operator);
  return own === false ? { kind: 'elsewhere' } : undefined;
}

const domainOf = (value: unknown): Read =>
  typeof value === 'string' && /^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(value)
    ? { kind: 'domain', domain: value.toLowerCase() }
    : 'malformed';

function networkOf(value: unknown): Read {
  const [, mcc, mnc] = /^(\d{3})-?(\d{2,3})$/.exec(String(value)) ?? [];
  return mcc === undefined ? 'malformed' : { kind: 'network', network: `${mcc}-${mnc}` };
}

const operatorOf = (value: unknown): Read =>
  (typeof value === 'string' || typeof value === 'number') && /^[0-9A-Za-z]{1,15}$/.test(String(value))
    ? { kind: 'operator', operator: String(value) }
    : 'malformed';
