/** The kinds of object: one row each, which everything else reads. */
import type { z } from 'zod';
import type { Fault } from './faults.js';
import { readBy } from './faults.js';
import type { Peer } from './peer.js';
import { peerSchema, toPeer } from './peer-schema.js';
import type { Route } from './route.js';
import { routeFaults, routeSchema, toRoute } from './route-schema.js';
import type { MailRule, Subscriber } from './subscriber.js';
import { mailRuleSchema, subscriberSchema, toMailRule, toSubscriber } from './subscriber-schema.js';
import type { Vasp } from './vasp.js';
import { toVasp, vaspSchema } from './vasp-schema.js';
import { checkPeer, checkVasp } from './within.js';
import type { WrittenTable } from './words.js';

/** What each kind is in the program. */
export interface ObjectTypes {
  readonly peer: Peer;
  readonly vasp: Vasp;
  readonly route: Route;
  readonly subscriber: Subscriber;
  readonly 'mail-rule': MailRule;
}

export type ObjectKind = keyof ObjectTypes;

/** In the order in which they are shown, applied and written. */
export const OBJECT_KINDS = ['peer', 'vasp', 'route', 'subscriber', 'mail-rule'] as const satisfies readonly ObjectKind[];

export interface KindRow<K extends ObjectKind> {
  /** The key that names an object among its kind. */
  readonly key: 'name' | 'msisdn';
  /** For people. */
  readonly title: string;
  readonly about: string;
  readonly schema: z.ZodObject;
  /** The object that a written one means, or every fault of it by itself. */
  readonly read: (written: unknown) => { readonly value: ObjectTypes[K] } | { readonly faults: readonly Fault[] };
}

/** Keys one by one by the schema, then keys against each other. */
function row<K extends ObjectKind, S extends z.ZodObject>(
  words: Pick<KindRow<K>, 'key' | 'title' | 'about'>,
  schema: S,
  within: (read: z.output<S>) => readonly Fault[],
  form: (read: z.output<S>) => ObjectTypes[K],
): KindRow<K> {
  return {
    ...words,
    schema,
    read: (written) => {
      const read = readBy(schema, written);
      if ('faults' in read) return read;
      const faults = within(read.value);
      return faults.length > 0 ? { faults } : { value: form(read.value) };
    },
  };
}

export const KINDS: { readonly [K in ObjectKind]: KindRow<K> } = {
  peer: row(
    { key: 'name', title: 'Peer', about: "Another carrier's MMSC, or a hub, spoken to by MM4." },
    peerSchema,
    (read) => checkPeer(toPeer(read)),
    toPeer,
  ),
  vasp: row(
    { key: 'name', title: 'VASP', about: 'A provider of value added services, spoken to by MM7 or its JSON twin.' },
    vaspSchema,
    (read) => checkVasp(toVasp(read)),
    toVasp,
  ),
  route: row(
    { key: 'name', title: 'Route', about: 'A rule that says by which road recipients leave.' },
    routeSchema,
    routeFaults,
    toRoute,
  ),
  subscriber: row(
    {
      key: 'msisdn',
      title: 'Subscriber',
      about:
        'What is to be said of a subscriber of ours. Of whom nothing is said, what the configuration and his handset say holds.',
    },
    subscriberSchema,
    () => [],
    toSubscriber,
  ),
  'mail-rule': row(
    { key: 'name', title: 'Mail rule', about: 'Who may write to phones by e-mail. The first rule that fits counts.' },
    mailRuleSchema,
    () => [],
    toMailRule,
  ),
};

export const isObjectKind = (text: string): text is ObjectKind => Object.hasOwn(KINDS, text);

/** The name that a written object says for itself; undefined when it says none that could be one. */
export function nameOf(kind: ObjectKind, written: WrittenTable): string | undefined {
  const { key, schema } = KINDS[kind];
  const name = written[key];
  return typeof name === 'string' && (schema.shape[key] as z.ZodType).safeParse(name).success ? name : undefined;
}
