/** The testbed with far sides: two peers, mail and a value added service. Not part of the program. */

import type { Address } from './address.js';
import { aCarrier, aRouter, type CarrierDouble } from './carrier-double.contract.js';
import type { MessagingEvent } from './events.js';
import { aNumber } from './fixtures.contract.js';
import type { Submission } from './messaging.js';
import type { MessageId, Mm3Origin, Mm4Origin, Mm7Origin, Recipient } from './model.js';
import type { Policy } from './policy.js';
import type { RouteDecision, RouteQuery } from './router.js';
import { aTestbed, type Testbed } from './testbed.contract.js';

export const FINN = aNumber('358401234567');
export const OTHER_FINN = aNumber('358407654321');
export const ITALIAN = aNumber('39330123456');
export const MAILBOX: Address = { kind: 'email', mailbox: 'ann@example.org' };
export const QUIZ_CODE: Address = { kind: 'short-code', code: '4711' };

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface RoadsTestbed extends Testbed {
  readonly peers: CarrierDouble;
  readonly mail: CarrierDouble;
  readonly vasps: CarrierDouble;
  /** What the router was asked. */
  readonly asked: RouteQuery[];
  /** The events of the message that the store keeps, of one kind. */
  eventsOf<K extends MessagingEvent['kind']>(id: MessageId, kind: K): Promise<Extract<MessagingEvent, { kind: K }>[]>;
  /** Submits, expects acceptance, does what is due. */
  send(overrides?: Partial<Submission>): Promise<MessageId>;
  states(id: MessageId): Promise<string[]>;
}

export const ROADS_POLICY: Partial<Policy> = { handoverRetryMs: [MINUTE, 10 * MINUTE, HOUR] };

export function aRoadsTestbed(
  policy: Partial<Policy> = {},
  first?: (query: RouteQuery) => RouteDecision | undefined,
): RoadsTestbed {
  const [peers, mail, vasps] = [aCarrier(), aCarrier(), aCarrier()];
  const router = aRouter(first);
  const bed = aTestbed({ ...ROADS_POLICY, ...policy }, { router, carriers: { peer: peers, email: mail, vasp: vasps } });
  return Object.assign(bed, {
    peers,
    mail,
    vasps,
    asked: router.asked,
    async eventsOf<K extends MessagingEvent['kind']>(id: MessageId, kind: K) {
      const history = await bed.store.history(id);
      return (history?.events ?? []).filter((event): event is Extract<MessagingEvent, { kind: K }> => event.kind === kind);
    },
    async send(overrides: Partial<Submission> = {}) {
      const { messageId } = await bed.accept(overrides);
      await bed.messaging.workDue();
      return messageId;
    },
    states: async (id: MessageId) => (await bed.deliveriesOf(id)).map(({ state }) => state),
  });
}

export const to = (...addresses: readonly Address[]): Recipient[] => addresses.map((address) => ({ field: 'to', address }));

export const fromPeer = (overrides: Partial<Mm4Origin> = {}): Mm4Origin => ({
  interface: 'mm4',
  peer: 'north',
  version: '6.10.0',
  messageId: 'abc@north',
  transactionId: 't1',
  ackRequest: true,
  ...overrides,
});

export const fromMail = (overrides: Partial<Mm3Origin> = {}): Mm3Origin => ({
  interface: 'mm3',
  messageId: '<1@example.org>',
  envelopeSender: 'ann@example.org',
  ...overrides,
});

export const fromVasp = (overrides: Partial<Mm7Origin> = {}): Mm7Origin => ({
  interface: 'mm7',
  vasp: 'quiz',
  transactionId: 'soap-1',
  ...overrides,
});
