/** The transaction portion: five messages, each a row of what it holds. Q.773 clause 3.3. */
import { err, hexNumber, Malformed, ok, type Result } from '#base';
import { asBerError, type BerError, BerFault, type BerNode, BerReader, constructed, encodeBer, primitive } from '#codec/ber';
import { componentNode, readComponents } from './components.js';
import { dialogueNodes, keptNodes, readDialogue } from './dialogue.js';
import { type MessageKind, P_ABORT_CAUSES, type PAbortCause, type TcapMessage } from './messages.js';

const OTID = 0x48;
const DTID = 0x49;
const P_ABORT_CAUSE = 0x4a;
const DIALOGUE = 0x6b;
const COMPONENTS = 0x6c;
const TRANSACTION_ID_OCTETS_MAX = 4;

type Slot = 'otid' | 'dtid' | 'pAbortCause' | 'dialogue' | 'components';

/** What each message holds, in wire order, and what of it must be there. Q.773 tables 8 to 12. */
export const MESSAGES: Readonly<
  Record<MessageKind, { readonly tag: number; readonly holds: readonly Slot[]; readonly must: readonly Slot[] }>
> = {
  unidirectional: { tag: 0x61, holds: ['dialogue', 'components'], must: ['components'] },
  begin: { tag: 0x62, holds: ['otid', 'dialogue', 'components'], must: ['otid'] },
  end: { tag: 0x64, holds: ['dtid', 'dialogue', 'components'], must: ['dtid'] },
  continue: { tag: 0x65, holds: ['otid', 'dtid', 'dialogue', 'components'], must: ['otid', 'dtid'] },
  abort: { tag: 0x67, holds: ['dtid', 'pAbortCause', 'dialogue'], must: ['dtid'] },
};
const KINDS = new Map(Object.entries(MESSAGES).map(([kind, row]) => [row.tag, kind as MessageKind]));
const SLOTS: readonly (readonly [Slot, number])[] = [
  ['otid', OTID],
  ['dtid', DTID],
  ['pAbortCause', P_ABORT_CAUSE],
  ['dialogue', DIALOGUE],
  ['components', COMPONENTS],
];
const SLOT_OF = new Map(SLOTS.map(([slot, tag]) => [tag, slot]));
const CAUSES = new Map<string, number>(Object.entries(P_ABORT_CAUSES).map(([number, name]) => [name, Number(number)]));

/** Why octets are no TCAP message, with what its answer needs (Q.774 3.3.4.1: an abort, if the sender's transaction id is known). */
export interface TcapError {
  /**
   * `unrecognized-message-type`: the outer identifier is none of MESSAGES. `badly-formatted`: breaks the encoding rules.
   * `incorrect`: an element is missing, twice there, or of the wrong size. `limit`: beyond a row of LIMITS.
   */
  readonly kind: 'unrecognized-message-type' | 'badly-formatted' | 'incorrect' | 'limit';
  /** Octet where reading failed, counted from 0. */
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
  /** One line for people. */
  readonly text: string;
  /** The cause an abort to the sender has. */
  readonly pAbortCause: PAbortCause;
  /** The sender's transaction id, if it could be read: the destination of that abort. */
  readonly otid?: Uint8Array;
  readonly dtid?: Uint8Array;
}

type Refusal = { readonly kind: TcapError['kind']; readonly pAbortCause: PAbortCause };
const REFUSALS: Readonly<Record<BerError['kind'], Refusal>> = {
  malformed: { kind: 'badly-formatted', pAbortCause: 'badlyFormattedTransactionPortion' },
  missing: { kind: 'incorrect', pAbortCause: 'incorrectTransactionPortion' },
  limit: { kind: 'limit', pAbortCause: 'resourceLimitation' },
};
const UNRECOGNIZED: Refusal = { kind: 'unrecognized-message-type', pAbortCause: 'unrecognizedMessageType' };

type Slots = Partial<Record<Exclude<Slot, 'otid' | 'dtid'>, unknown>> & { otid?: Uint8Array; dtid?: Uint8Array };

/**
 * Reads a message. Transaction ids, parameters and all that is not understood are views. A dialogue portion or a component that breaks its
 * rules does not spoil the rest: it is kept as `unreadable`.
 */
export function decodeTcap(bytes: Uint8Array): Result<TcapMessage, TcapError> {
  const slots: Slots = {};
  try {
    const r = new BerReader(bytes);
    r.need('a TCAP message');
    const kind = KINDS.get(r.tag);
    if (kind === undefined) {
      return refused(new Malformed(r.start, `message type ${hexNumber(r.tag)}`, 'Q.773 table 7'), slots, UNRECOGNIZED);
    }
    r.finish('the message');
    return ok(readMessage(r, kind, slots));
  } catch (e) {
    if (e instanceof Malformed) return refused(e, slots, REFUSALS[e instanceof BerFault ? e.kind : 'malformed']);
    throw e;
  }
}

function refused(e: Malformed, { otid, dtid }: Slots, refusal: Refusal): Result<never, TcapError> {
  return err({
    ...asBerError('tcap', e),
    ...refusal,
    ...(otid === undefined ? {} : { otid }),
    ...(dtid === undefined ? {} : { dtid }),
  });
}

function readMessage(r: BerReader, kind: MessageKind, slots: Slots): TcapMessage {
  const row = MESSAGES[kind];
  const unknown: Uint8Array[] = [];
  const inner = r.inner();
  while (inner.next()) {
    const slot = SLOT_OF.get(inner.tag);
    if (slot === undefined || !row.holds.includes(slot)) unknown.push(inner.element());
    else if (slots[slot] !== undefined) throw new BerFault('missing', inner.start, `${slot} twice`, 'Q.773 3.3');
    else (slots as Record<Slot, unknown>)[slot] = readSlot(inner, slot);
  }
  for (const slot of row.must)
    if (slots[slot] === undefined) throw new BerFault('missing', r.start, `${slot} of ${kind} is missing`, 'Q.773 3.3');
  return { kind, ...slots, ...(unknown.length > 0 ? { unknown } : {}) } as unknown as TcapMessage;
}

function readSlot(r: BerReader, slot: Slot): unknown {
  switch (slot) {
    case 'otid':
    case 'dtid':
      if (r.contentLength < 1 || r.contentLength > TRANSACTION_ID_OCTETS_MAX)
        throw new BerFault('missing', r.start, `a transaction id of ${r.contentLength} octets, expected 1 to 4`, 'Q.773 4.1.2');
      return r.content();
    case 'pAbortCause': {
      if (r.contentLength !== 1) throw new BerFault('missing', r.start, 'a P-AbortCause has one octet', 'Q.773 4.1.4');
      const number = r.bytes[r.contentStart]!;
      return (P_ABORT_CAUSES as Readonly<Record<number, PAbortCause>>)[number] ?? number;
    }
    case 'dialogue':
      return readDialogue(r);
    case 'components':
      return readComponents(r);
  }
}

/** Writes a message: definite lengths, elements in the standard's order, what was not understood behind them. Throws RangeError on values outside their ranges. */
export function encodeTcap(message: TcapMessage): Uint8Array<ArrayBuffer> {
  const row = MESSAGES[message.kind];
  const slots = message as unknown as Slots;
  const nodes: BerNode[] = [];
  for (const slot of row.holds) if (slots[slot] !== undefined) nodes.push(slotNode(message, slot));
  return encodeBer(constructed(row.tag, [...nodes, ...keptNodes(message)]));
}

function slotNode(message: TcapMessage, slot: Slot): BerNode {
  const values = message as unknown as { readonly [K in Slot]: never };
  switch (slot) {
    case 'otid':
      return idNode(OTID, values.otid);
    case 'dtid':
      return idNode(DTID, values.dtid);
    case 'pAbortCause': {
      const cause: PAbortCause = values.pAbortCause;
      const number = typeof cause === 'number' ? cause : CAUSES.get(cause)!;
      if (!Number.isInteger(number) || number < 0 || number > 0xff) throw new RangeError(`no P-AbortCause: ${cause}`);
      return primitive(P_ABORT_CAUSE, Uint8Array.of(number));
    }
    case 'dialogue':
      return constructed(DIALOGUE, dialogueNodes(values.dialogue));
    case 'components':
      return constructed(COMPONENTS, (values.components as readonly Parameters<typeof componentNode>[0][]).map(componentNode));
  }
}

function idNode(tag: number, id: Uint8Array): BerNode {
  if (id.length < 1 || id.length > TRANSACTION_ID_OCTETS_MAX) throw new RangeError(`a transaction id of ${id.length} octets`);
  return primitive(tag, id);
}
