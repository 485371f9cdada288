/** What written objects are refused for, what they mean, and what is only remarked on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { toMsisdn } from '#base';
import { ObjectBook } from './book.js';
import { differencesText } from './difference.js';
import { faultText } from './faults.js';
import { aMailRule, aPeer, aRoute, aSubscriber, aVasp } from './fixtures.contract.js';
import { KINDS, OBJECT_KINDS, type ObjectKind } from './kinds.js';
import { directoryOf, setFaultText, type WrittenObjects } from './memory.js';
import type { ChangeSet } from './object-store.js';
import { bare, type WrittenTable } from './words.js';
import { keysOfKind } from './written-walk.js';

const A: { readonly [K in ObjectKind]: (more?: WrittenTable) => WrittenTable } = {
  peer: aPeer,
  vasp: aVasp,
  route: aRoute,
  subscriber: aSubscriber,
  'mail-rule': aMailRule,
};

/** Faults of one object by itself. */
function faultsOf(kind: ObjectKind, more: WrittenTable): readonly string[] {
  const read = KINDS[kind].read(A[kind](more));
  return 'faults' in read ? read.faults.map(faultText) : [];
}

/** Faults of a set of new objects. */
function setFaults(objects: WrittenObjects): readonly string[] {
  const changes = OBJECT_KINDS.flatMap((kind) => (objects[kind] ?? []).map((object) => ({ act: 'put', kind, object }) as const));
  const plan = ObjectBook.empty().plan({ who: 'eva', seen: 0, changes }, 0);
  if (plan.ok) return [];
  assert.equal(plan.error.kind, 'invalid');
  return plan.error.kind === 'invalid' ? plan.error.faults.map(setFaultText) : [];
}

/** The schema of a key, through tables and lists of tables. */
function schemaOf(schema: z.core.$ZodType, [key, ...rest]: readonly string[]): z.core.$ZodType {
  if (key === undefined) return schema;
  const inner = bare(schema);
  const table = inner instanceof z.ZodArray ? inner.element : inner;
  return schemaOf((table as z.ZodObject).shape[key]!, rest);
}

describe('objects as they are written', () => {
  it('mean what their shortest form says, every other key having its preset', () => {
    for (const kind of OBJECT_KINDS) assert.ok('value' in KINDS[kind].read(A[kind]()), kind);
  });

  it('have presets and examples that their keys accept, files apart', () => {
    for (const kind of OBJECT_KINDS) {
      for (const { path, words } of keysOfKind(kind)) {
        const value = words.preset ?? words.example;
        const isFile = typeof value === 'object' && 'file' in value;
        const read = isFile ? { success: true } : z.safeParse(schemaOf(KINDS[kind].schema, path), value);
        assert.ok(value !== undefined && read.success, `${kind} ${path.join('.')}`);
      }
    }
  });

  const refused: readonly [ObjectKind, WrittenTable, string][] = [
    [
      'peer',
      { name: 'åsa' },
      'name: "åsa" is not accepted, expected a name: up to 64 letters (a to z), digits, dots, underscores and hyphens',
    ],
    ['peer', { name: '' }, 'name: "" is not accepted'],
    ['peer', { name: '-x' }, 'name: "-x" is not accepted'],
    ['peer', { name: 'x'.repeat(65) }, 'name: '],
    ['peer', { domains: ['a.example', 'A.example'] }, 'domains: "a.example" stands there twice'],
    ['peer', { domains: ['a..example'] }, 'domains[0]: "a..example" is not accepted, expected a domain name'],
    ['peer', { domains: [`${'a'.repeat(64)}.example`] }, 'domains[0]: '],
    ['peer', { domains: ['a.example\n'] }, 'domains[0]: '],
    ['peer', { hosts: ['mx:0'] }, 'hosts[0]: '],
    ['peer', { hosts: ['mx:65536'] }, 'hosts[0]: '],
    ['peer', { hosts: ['[::1'] }, 'hosts[0]: '],
    ['peer', { hosts: ['2001:db8::1'] }, 'hosts[0]: '],
    ['peer', { identification: { networks: ['192.0.2.0/33'] } }, 'identification.networks[0]: '],
    ['peer', { identification: { networks: ['192.0.2'] } }, 'identification.networks[0]: '],
    ['peer', { identification: { networks: ['0x7f.1'] } }, 'identification.networks[0]: '],
    ['peer', { identification: { user: 'x' } }, 'identification.password: is missing, identification.user needs it'],
    ['peer', { identification: { password: 'x' } }, 'identification.user: is missing'],
    ['peer', { auth: { user: 'x' } }, 'auth.password: is missing, expected a secret'],
    ['peer', { retry: [] }, 'retry: [] is not accepted'],
    ['peer', { retry: ['0s'] }, 'retry[0]: "0s" is not accepted, expected a duration from "1s" to "7d"'],
    ['peer', { limits: { 'size-max': '3 MB' } }, 'limits.size-max: "3 MB" is not accepted, expected a size'],
    ['peer', { tls: { outgoing: 'never', 'server-name': 'a.example' } }, 'tls.server-name: has no meaning'],
    ['peer', { tls: { authorities: 'trust me' } }, 'tls.authorities: "trust me" is not accepted, expected certificates in PEM'],
    ['peer', { acknowledgement: { forward: false, 'when-missing': 'resend' } }, 'acknowledgement.when-missing: resend needs'],
    [
      'peer',
      { auth: { user: 'x', password: 'y' }, tls: { outgoing: 'never' } },
      'auth.method: plain needs TLS, and tls.outgoing is never',
    ],
    ['peer', { dialect: { 'system-mailbox': 'two words' } }, 'dialect.system-mailbox: '],
    ['peer', { tsl: {} }, 'tsl: unknown key, expected one of name, state, note, domains'],
    ['vasp', { identification: {} }, 'identification.user: is missing, method basic needs it'],
    ['vasp', { identification: { method: 'none' } }, 'identification.method: none needs networks, certificates or tokens'],
    ['vasp', { identification: { method: 'digest', user: 'x' } }, 'identification.passwords: is empty, method digest needs one'],
    ['vasp', { charging: { preset: 'both' } }, 'charging.preset: "both" is not among charging.allowed'],
    ['vasp', { delivery: { method: 'basic', password: 'x' } }, 'delivery.user: is missing'],
    ['vasp', { delivery: { method: 'bearer' } }, 'delivery.password: is missing'],
    ['vasp', { delivery: { url: 'https://user@a.example/' } }, 'delivery.url: '],
    ['vasp', { delivery: { url: 'file:///etc/passwd' } }, 'delivery.url: '],
    ['vasp', { delivery: { url: 'https://a.example/ x' } }, 'delivery.url: '],
    ['vasp', { delivery: { 'signing-key': 'a key that is long enough' } }, 'delivery.signing-key: has no meaning with form soap'],
    ['vasp', { windows: [{ from: '08:00', until: '08:00' }] }, 'windows[0].until: is the same as from'],
    ['vasp', { windows: [{ from: '8:00', until: '24:01' }] }, 'windows[0].from: "8:00" is not accepted, expected a time of day'],
    ['vasp', { windows: [{ from: '08:00', until: '21:00', days: [0] }] }, 'windows[0].days[0]: 0 is not accepted'],
    ['vasp', { 'utc-offset': '+14:30' }, 'utc-offset: '],
    ['vasp', { 'short-codes': ['12a'] }, 'short-codes[0]: '],
    ['vasp', { 'short-codes': ['1', '1'] }, 'short-codes: "1" stands there twice'],
    ['vasp', { 'sender-addresses': ['46700000001'] }, 'sender-addresses[0]: '],
    ['route', { result: { kind: 'peer' } }, 'result.peer: is missing, kind peer needs it'],
    ['route', { result: { kind: 'own', vasp: 'x' } }, 'result.vasp: does not belong to kind own'],
    ['route', { result: { kind: 'nowhere' } }, 'result.kind: "nowhere" is not accepted'],
    ['route', { match: { ranges: ['46701-46700'] } }, 'match.ranges[0]: '],
    ['route', { match: { ranges: ['4670-46701'] } }, 'match.ranges[0]: '],
    ['route', { match: { networks: ['24001'] } }, 'match.networks[0]: '],
    ['route', { match: { domains: ['*.example'] } }, 'match.domains[0]: '],
    [
      'subscriber',
      { msisdn: '+46700000001' },
      'msisdn: "+46700000001" is not accepted, expected a number in international form without plus',
    ],
    ['subscriber', { 'mail-aliases': ['a@b'] }, 'mail-aliases[0]: '],
    ['mail-rule', { senders: ['a@'] }, 'senders[0]: '],
    ['mail-rule', { require: ['arc'] }, 'require[0]: "arc" is not accepted, expected one of "spf", "dkim", "dmarc"'],
  ];
  for (const [kind, more, text] of refused) {
    it(`are refused: ${kind} with ${JSON.stringify(more).slice(0, 80)}`, () => {
      const faults = faultsOf(kind, more);
      assert.ok(
        faults.some((fault) => fault.startsWith(text)),
        faults.join('\n'),
      );
    });
  }

  it('never repeat a secret in a fault', () => {
    const secret = 'short';
    const faults = [
      ...faultsOf('vasp', { identification: { user: 'x', passwords: [secret], tokens: [secret] } }),
      ...faultsOf('vasp', { delivery: { password: { hidden: secret } as never } }),
      ...faultsOf('peer', { auth: { user: 'x', password: `${secret}\n` } }),
      ...faultsOf('peer', { auth: [secret] }),
    ];
    assert.equal(faults.length >= 5, true, faults.join('\n'));
    assert.doesNotMatch(faults.join('\n'), new RegExp(`"${secret}`));
  });

  it('are read or refused with faults, whatever JSON stands there, and never throw', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string(), fc.double(), fc.constant(null), fc.constant(undefined));
    const kinds = fc.constantFrom(...OBJECT_KINDS);
    const written = kinds.chain((kind) => {
      const keys = keysOfKind(kind).map(({ path }) => path);
      return fc.tuple(
        fc.constant(kind),
        fc.array(fc.tuple(fc.constantFrom(...keys), anything), { maxLength: 6 }),
        fc.dictionary(fc.string(), anything, { maxKeys: 3 }),
      );
    });
    fc.assert(
      fc.property(written, ([kind, values, strange]) => {
        const object = structuredClone({ ...A[kind](), ...strange }) as Record<string, unknown>;
        for (const [[head, ...rest], value] of values) {
          const table = rest.length === 0 ? undefined : { ...(object[head!] as object), [rest.join('.')]: value };
          object[head!] = table ?? value;
        }
        const set: ChangeSet = { who: 'eva', seen: 0, changes: [{ act: 'put', kind, object: object as WrittenTable }] };
        const plan = ObjectBook.empty().plan(set, 0);
        if (!plan.ok) assert.ok(plan.error.kind === 'invalid' && plan.error.faults.length > 0);
      }),
    );
  });
});

describe('objects among each other', () => {
  it('name only what exists, and have for themselves what must be their own', () => {
    const twin = (more: WrittenTable) =>
      aVasp({
        name: 'twin',
        'vasp-id': 'twin',
        'short-codes': [],
        identification: { user: 'twin', passwords: ['12345678'] },
        ...more,
      });
    const token = 'a token that is long enough';
    const cases: readonly [WrittenObjects, string][] = [
      [{ route: [aRoute()] }, 'route to-b: result.peer: there is no peer "operator-b"'],
      [
        { route: [aRoute({ result: { kind: 'own' }, match: { vasps: ['x'] } })] },
        'route to-b: match.vasps[0]: there is no vasp "x"',
      ],
      [
        { route: [aRoute({ result: { kind: 'own' }, match: { peers: ['x'] } })] },
        'route to-b: match.peers[0]: there is no peer "x"',
      ],
      [
        { peer: [aPeer(), aPeer({ name: 'twin', domains: ['x.example', 'MMS.opb.example'] })] },
        'peer twin: domains: the domain "mms.opb.example" is also that of peer operator-b',
      ],
      [
        { vasp: [aVasp(), twin({ 'short-codes': ['12345'] })] },
        'vasp twin: short-codes: the short code "12345" is also that of vasp acme',
      ],
      [{ vasp: [aVasp(), twin({ 'vasp-id': 'acme' })] }, 'vasp twin: vasp-id: the VASPID "acme" is also that of vasp acme'],
      [
        { vasp: [aVasp(), twin({ identification: { user: 'acme', passwords: ['12345678'] } })] },
        'vasp twin: identification.user: the user "acme" is also that of vasp acme',
      ],
      [
        {
          vasp: [
            aVasp({ identification: { method: 'none', tokens: [token] } }),
            twin({ identification: { method: 'none', tokens: [token] } }),
          ],
        },
        'vasp twin: identification.tokens: the token is also that of vasp acme',
      ],
      [
        {
          subscriber: [aSubscriber({ 'mail-aliases': ['eva'] }), aSubscriber({ msisdn: '46700000002', 'mail-aliases': ['EVA'] })],
        },
        'subscriber 46700000002: mail-aliases: the alias "eva" is also that of subscriber 46700000001',
      ],
    ];
    for (const [objects, text] of cases) assert.deepEqual(setFaults(objects), [text]);
  });

  it('are remarked on where they are allowed and probably not meant', () => {
    const changes = [
      {
        act: 'put',
        kind: 'peer',
        object: aPeer({ identification: {}, state: 'draining', tls: { outgoing: 'required', verify: 'nothing' } }),
      },
      { act: 'put', kind: 'vasp', object: aVasp() },
      { act: 'put', kind: 'route', object: aRoute() },
    ] as const;
    const plan = ObjectBook.empty().plan({ who: 'eva', seen: 0, changes }, 0);
    assert.ok(plan.ok);
    assert.deepEqual(
      plan.value.changed.remarks.map(({ kind, name, path }) => `${kind} ${name} ${path.join('.')}`),
      ['peer operator-b identification', 'peer operator-b tls.verify', 'vasp acme delivery.url', 'route to-b result'],
    );
  });
});

describe('differences', () => {
  const between = (kind: ObjectKind, before: WrittenTable, after: WrittenTable): string => {
    const first = ObjectBook.empty().plan({ who: 'eva', seen: 0, changes: [{ act: 'put', kind, object: before }] }, 0);
    assert.ok(first.ok);
    const second = first.value.book.plan({ who: 'eva', seen: 1, changes: [{ act: 'put', kind, object: after }] }, 0);
    assert.ok(second.ok, JSON.stringify(second));
    return differencesText(second.value.changed.differences);
  };

  it('are told key by key in written words, presets included, secrets not', () => {
    const before = aVasp({ note: 'gone', windows: [{ from: '08:00', until: '20:00' }], limits: { 'rate-max': 7 } });
    const after = aVasp({
      identification: { user: 'acme', passwords: ['another secret'] },
      windows: [{ from: '09:00', until: '20:00' }],
      delivery: { url: 'https://a.example/' },
    });
    assert.equal(
      between('vasp', before, after),
      [
        'vasp acme: changed',
        '  - note = "gone"',
        '  ~ identification.passwords = another secret',
        '  ~ limits.rate-max = 7 -> 100',
        '  ~ windows = [{"from":"08:00","until":"20:00"}] -> [{"from":"09:00","until":"20:00"}]',
        '  + delivery.url = "https://a.example/"',
      ].join('\n'),
    );
  });

  it('are none between spellings of the same', () => {
    const spelt = {
      windows: [{ from: '08:00', until: '20:00', days: [1, 2, 3, 4, 5, 6, 7] }],
      delivery: { retry: ['60s'], 'signing-key': undefined! },
    };
    const { 'signing-key': _, ...delivery } = spelt.delivery;
    assert.equal(
      between(
        'vasp',
        aVasp({ ...spelt, delivery }),
        aVasp({ windows: [{ until: '20:00', from: '08:00' }], delivery: { retry: ['1m'] } }),
      ),
      'nothing changes',
    );
  });
});

describe('a directory', () => {
  const directory = directoryOf({
    peer: [
      aPeer(),
      aPeer({
        name: 'hub',
        domains: ['hub.example'],
        identification: { networks: ['192.0.2.7', '2001:db8::/32'], certificates: ['MX.hub.example'] },
      }),
      aPeer({ name: 'all', domains: ['all.example'], identification: { networks: ['0.0.0.0/0'] } }),
    ],
    vasp: [
      aVasp(),
      aVasp({
        name: 'json',
        'vasp-id': 'json',
        'short-codes': ['999'],
        identification: { method: 'none', tokens: ['token-one-long-enough-1', 'token-two-long-enough-2'] },
      }),
      aVasp({ name: 'near', 'vasp-id': 'near', 'short-codes': [], identification: { method: 'none', networks: ['10.0.0.0/8'] } }),
    ],
    route: [
      aRoute({ name: 'b', priority: 5 }),
      aRoute({ name: 'a', priority: 5 }),
      aRoute({ name: 'z', priority: 1 }),
      aRoute({ name: 'off', state: 'paused' }),
    ],
    subscriber: [aSubscriber({ 'mail-aliases': ['Eva'] })],
  }).snapshot;
  const names = (objects: readonly { readonly name: string }[]) => objects.map(({ name }) => name);

  it('finds peers by name, domain, address (the most exact network first) and certificate', () => {
    assert.equal(directory.peer('hub')?.name, 'hub');
    assert.equal(directory.peer('__proto__'), undefined);
    assert.equal(directory.peerOfDomain('HUB.example')?.name, 'hub');
    assert.equal(directory.peerOfDomain('sub.hub.example'), undefined);
    assert.deepEqual(names(directory.peersOfAddress('192.0.2.7')), ['hub', 'operator-b', 'all']);
    assert.deepEqual(names(directory.peersOfAddress('::ffff:192.0.2.8')), ['operator-b', 'all']);
    assert.deepEqual(names(directory.peersOfAddress('2001:db8::9')), ['hub']);
    assert.deepEqual(names(directory.peersOfAddress('nonsense')), []);
    assert.deepEqual(names(directory.peersOfCertificate(['other', 'mx.HUB.example'], 'AA:BB')), ['hub']);
    assert.deepEqual(names(directory.peersOfCertificate([], '')), []);
  });

  it('finds VASPs by name, VASPID, user, token, short code and, where nothing else tells them apart, address', () => {
    assert.equal(directory.vaspOfId('acme')?.name, 'acme');
    assert.equal(directory.vaspOfUser('acme')?.name, 'acme');
    assert.equal(directory.vaspOfToken('token-two-long-enough-2')?.name, 'json');
    assert.equal(directory.vaspOfToken('token-two-long-enough-'), undefined);
    assert.equal(directory.vaspOfToken(''), undefined);
    assert.equal(directory.vaspOfShortCode('12345')?.name, 'acme');
    assert.deepEqual(names(directory.vaspsOfAddress('10.1.2.3')), ['near']);
    assert.deepEqual(names(directory.vaspsOfAddress('192.0.2.1')), []);
  });

  it('has its active routes in the order in which they are asked', () => {
    assert.deepEqual(names(directory.routes), ['z', 'a', 'b']);
  });

  it('finds subscribers by number and alias', () => {
    assert.equal(directory.subscriber(toMsisdn('46700000001')!)?.state, 'active');
    assert.equal(directory.subscriberOfAlias('EVA')?.msisdn, '46700000001');
    assert.equal(directory.subscriber(toMsisdn('46700000002')!), undefined);
  });

  it('is refused whole with all faults when an object in it is faulty', () => {
    assert.throws(
      () => directoryOf({ peer: [aPeer({ domains: [] })], vasp: [aVasp({ 'vasp-id': '' })] }),
      /peer operator-b: domains: .*\nvasp acme: vasp-id: /,
    );
  });
});
