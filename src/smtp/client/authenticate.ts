/** AUTH towards a server. RFC 4954; PLAIN by RFC 4616, LOGIN as servers speak it, CRAM-MD5 by RFC 2195. */
import { createHmac } from 'node:crypto';
import type { SmtpDestination } from '../destination.js';
import { replyText } from '../reply.js';
import type { ClientConnection } from './client-connection.js';
import { asReply, type RawReply } from './reply-reader.js';
import { Trouble } from './trouble.js';

type Auth = NonNullable<SmtpDestination['auth']>;
type Method = NonNullable<Auth['method']>;
type Ask = (line: string, shown?: string) => Promise<RawReply>;

/** What a server calls the method, and whether it hides the password from those who listen. */
const METHODS: Readonly<Record<Method, { readonly keyword: string; readonly hides: boolean }>> = {
  plain: { keyword: 'PLAIN', hides: false },
  login: { keyword: 'LOGIN', hides: false },
  'cram-md5': { keyword: 'CRAM-MD5', hides: true },
};

/** Where none is named. CRAM-MD5 is not among them: it wants the server to keep passwords that can be read. */
const USUAL: readonly Method[] = ['plain', 'login'];

/** Says who we are. Throws Trouble unless the server believes it. `ms`: for each answer. */
export async function authenticate(connection: ClientConnection, auth: Auth, ms: number): Promise<void> {
  const { host, tls, extensions } = connection;
  const offered = (extensions.get('AUTH') ?? '').toUpperCase().split(' ');
  const wanted = auth.method === undefined ? USUAL : [auth.method];
  const method = wanted.find((it) => offered.includes(METHODS[it].keyword));
  if (tls === undefined && !METHODS[method ?? wanted[0]!].hides)
    throw new Trouble('auth', 'auth', `${host}: credentials are not sent without TLS`);
  if (method === undefined)
    throw new Trouble('auth', 'auth', `${host}: AUTH ${wanted.map((it) => METHODS[it].keyword).join(' or ')} is not offered`);
  const reply = await EXCHANGES[method]((line, shown) => connection.ask(line, 'auth', ms, shown), auth);
  if (reply.code !== AUTHENTICATED) throw new Trouble('auth', 'auth', `${host}: ${replyText(asReply(reply))}`, asReply(reply));
}

const AUTHENTICATED = 235;
const CHALLENGE = 334;

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** What is said until the server knows; its last answer. */
const EXCHANGES: Readonly<Record<Method, (ask: Ask, auth: Auth) => Promise<RawReply>>> = {
  plain: (ask, { user, password }) => ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 'AUTH PLAIN (credentials)'),

  async login(ask, { user, password }) {
    let reply = await ask('AUTH LOGIN');
    if (reply.code === CHALLENGE) reply = await ask(base64(user), '(user name)');
    return reply.code === CHALLENGE ? ask(base64(password), '(password)') : reply;
  },

  async 'cram-md5'(ask, { user, password }) {
    const reply = await ask('AUTH CRAM-MD5');
    if (reply.code !== CHALLENGE) return reply;
    const challenge = Buffer.from(reply.lines[0] ?? '', 'base64');
    const digest = createHmac('md5', Buffer.from(password, 'utf8')).update(challenge).digest('hex');
    return ask(base64(`${user} ${digest}`), '(response)');
  },
};
