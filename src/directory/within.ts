/** Faults of one object between its own keys. Paths are as written. */
import type { Fault } from './faults.js';
import type { Peer } from './peer.js';
import type { Vasp } from './vasp.js';

/** Values that stand in a list twice. */
const twice = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

const twiceFaults = (path: Fault['path'], values: readonly string[]): Fault[] =>
  twice(values).map((value) => ({ path, text: `${JSON.stringify(value)} stands there twice` }));

/** A rule: when it is broken, at which key, and what to say. */
type Rule = readonly [isBroken: boolean, path: readonly string[], text: string];
const broken = (rules: readonly Rule[]): Fault[] => rules.filter(([is]) => is).map(([, path, text]) => ({ path, text }));

export function checkPeer({ domains, identification: { user, password }, tls, auth, acknowledgement }: Peer): Fault[] {
  return [
    ...twiceFaults(['domains'], domains),
    ...broken([
      [user !== undefined && password === undefined, ['identification', 'password'], 'is missing, identification.user needs it'],
      [user === undefined && password !== undefined, ['identification', 'user'], 'is missing, identification.password needs it'],
      [
        tls.outgoing === 'never' && tls.serverName !== undefined,
        ['tls', 'server-name'],
        'has no meaning while tls.outgoing is never',
      ],
      [
        auth !== undefined && auth.method !== 'cram-md5' && tls.outgoing === 'never',
        ['auth', 'method'],
        `${auth?.method} needs TLS, and tls.outgoing is never`,
      ],
      [
        acknowledgement.whenMissing === 'resend' && !acknowledgement.forward,
        ['acknowledgement', 'when-missing'],
        'resend needs acknowledgement.forward: what is not asked for is always missing',
      ],
    ]),
  ];
}

export function checkVasp({ shortCodes, identification: its, charging, delivery, windows }: Vasp): Fault[] {
  const byPassword = its.method !== 'none';
  const callsByUser = delivery.method === 'basic' || delivery.method === 'digest';
  return [
    ...twiceFaults(['short-codes'], shortCodes),
    ...broken([
      [byPassword && its.user === undefined, ['identification', 'user'], `is missing, method ${its.method} needs it`],
      [
        byPassword && its.passwords.length === 0,
        ['identification', 'passwords'],
        `is empty, method ${its.method} needs one at least`,
      ],
      [
        !byPassword && its.networks.length + its.certificates.length + its.tokens.length === 0,
        ['identification', 'method'],
        'none needs networks, certificates or tokens: somebody must be told apart from everybody',
      ],
      [!charging.allowed.includes(charging.preset), ['charging', 'preset'], `"${charging.preset}" is not among charging.allowed`],
      [callsByUser && delivery.user === undefined, ['delivery', 'user'], `is missing, method ${delivery.method} needs it`],
      [
        delivery.method !== 'none' && delivery.password === undefined,
        ['delivery', 'password'],
        `is missing, method ${delivery.method} needs it`,
      ],
      [
        delivery.form === 'soap' && delivery.signingKey !== undefined,
        ['delivery', 'signing-key'],
        'has no meaning with form soap: only JSON calls are signed',
      ],
    ]),
    ...windows.flatMap(({ from, until }, index) =>
      from === until ? [{ path: ['windows', index, 'until'], text: 'is the same as from: the window would be empty' }] : [],
    ),
  ];
}
