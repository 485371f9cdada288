/** Checks between objects: what one names must exist, what must be one's own is nobody else's. */
import type { Path } from './faults.js';
import type { ObjectKind, ObjectTypes } from './kinds.js';
import type { Named } from './shards.js';

/** All objects by kind and name, in the program's form. */
export type ObjectMaps = { readonly [K in ObjectKind]: Named<ObjectTypes[K]> };

/** A fault or a remark about one object among the others. */
export interface Finding {
  readonly kind: ObjectKind;
  readonly name: string;
  /** As written; empty: the object as a whole. */
  readonly path: Path;
  readonly text: string;
}

/** Values that must be in one object of their kind only: where they stand, and which values they are. */
interface Unique<K extends ObjectKind> {
  readonly path: Path;
  readonly what: string;
  /** The values themselves must not be shown. */
  readonly isSecret?: true;
  readonly values: (object: ObjectTypes[K]) => readonly string[];
}

const UNIQUE: { readonly [K in ObjectKind]: readonly Unique<K>[] } = {
  peer: [{ path: ['domains'], what: 'domain', values: ({ domains }) => domains }],
  vasp: [
    { path: ['vasp-id'], what: 'VASPID', values: ({ vaspId }) => [vaspId] },
    { path: ['short-codes'], what: 'short code', values: ({ shortCodes }) => shortCodes },
    {
      path: ['identification', 'user'],
      what: 'user',
      values: ({ identification: { user } }) => (user === undefined ? [] : [user]),
    },
    { path: ['identification', 'tokens'], what: 'token', isSecret: true, values: ({ identification }) => identification.tokens },
  ],
  route: [],
  subscriber: [{ path: ['mail-aliases'], what: 'alias', values: ({ mailAliases }) => mailAliases }],
  'mail-rule': [],
};

/** `changed`: names of the objects that are not as they were when there was no double; without values of theirs nothing is looked at. */
function doubles<K extends ObjectKind>(kind: K, objects: Named<ObjectTypes[K]>, changed: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  for (const { path, what, isSecret, values } of UNIQUE[kind]) {
    const hasValues = changed.some((name) => objects.has(name) && values(objects.get(name)!).length > 0);
    if (!hasValues) continue;
    const fresh = new Set(changed);
    const owners = new Map<string, string>();
    const others = [...objects].filter(([name]) => !fresh.has(name));
    // The others first: a double is the fault of what has changed.
    const all = [...others, ...changed.flatMap((name) => (objects.has(name) ? [[name, objects.get(name)!] as const] : []))];
    for (const [name, object] of all) {
      for (const value of values(object)) {
        const owner = owners.get(value);
        if (owner === undefined) owners.set(value, name);
        else if (owner !== name)
          findings.push({
            kind,
            name,
            path,
            text: `the ${what}${isSecret ? '' : ` ${JSON.stringify(value)}`} is also that of ${kind} ${owner}`,
          });
      }
    }
  }
  return findings;
}

const inOrder = <T extends { readonly name: string }>(objects: Named<T>): readonly T[] =>
  [...objects.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

function missingNames({ peer: peers, vasp: vasps, route: routes }: ObjectMaps): Finding[] {
  const findings: Finding[] = [];
  for (const { name, match, result } of inOrder(routes)) {
    const named = (path: Path, kind: 'peer' | 'vasp', wanted: string): void => {
      if (!(kind === 'peer' ? peers : vasps).has(wanted))
        findings.push({ kind: 'route', name, path, text: `there is no ${kind} ${JSON.stringify(wanted)}` });
    };
    if (result.kind === 'peer') named(['result', 'peer'], 'peer', result.peer);
    if (result.kind === 'vasp') named(['result', 'vasp'], 'vasp', result.vasp);
    match.peers.forEach((peer, index) => {
      named(['match', 'peers', index], 'peer', peer);
    });
    match.vasps.forEach((vasp, index) => {
      named(['match', 'vasps', index], 'vasp', vasp);
    });
  }
  return findings;
}

/** Every fault between objects. `changed`: those that are not as they were when there was no fault. */
export function faultsAcross(
  objects: ObjectMaps,
  changed: readonly { readonly kind: ObjectKind; readonly name: string }[],
): readonly Finding[] {
  const named = (kind: ObjectKind): readonly string[] => changed.flatMap((one) => (one.kind === kind ? [one.name] : []));
  const namesChange = changed.some(({ kind }) => kind === 'peer' || kind === 'vasp' || kind === 'route');
  return [
    ...doubles('peer', objects.peer, named('peer')),
    ...doubles('vasp', objects.vasp, named('vasp')),
    ...doubles('subscriber', objects.subscriber, named('subscriber')),
    ...(namesChange ? missingNames(objects) : []),
  ];
}

/** What is allowed and yet probably not meant. */
export function remarksOn({ peer: peers, vasp: vasps, route: routes }: ObjectMaps): readonly Finding[] {
  const remarks: Finding[] = [];
  for (const { name, identification, tls } of inOrder(peers)) {
    const { networks, certificates, user } = identification;
    if (networks.length + certificates.length === 0 && user === undefined)
      remarks.push({
        kind: 'peer',
        name,
        path: ['identification'],
        text: 'nothing is given: nothing will be taken from this peer',
      });
    if ((tls.outgoing === 'required' || tls.outgoing === 'implicit') && tls.verify === 'nothing')
      remarks.push({ kind: 'peer', name, path: ['tls', 'verify'], text: 'anybody on the way could be the peer' });
  }
  for (const { name, shortCodes, delivery } of inOrder(vasps))
    if (shortCodes.length > 0 && delivery.url === undefined)
      remarks.push({
        kind: 'vasp',
        name,
        path: ['delivery', 'url'],
        text: 'is absent: messages to its short codes will be refused',
      });
  for (const { name, state, result } of inOrder(routes)) {
    if (state !== 'active' || (result.kind !== 'peer' && result.kind !== 'vasp')) continue;
    const target = result.kind === 'peer' ? peers.get(result.peer) : vasps.get(result.vasp);
    if (target?.state === 'draining')
      remarks.push({
        kind: 'route',
        name,
        path: ['result'],
        text: `${result.kind} ${target.name} is draining: nothing new goes there`,
      });
  }
  return remarks;
}
