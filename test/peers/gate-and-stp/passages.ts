/** What went through the gate, out of a capture of the traffic tool: each message as a place sent it, beside the same as it came to another. */
import { decodeM3ua } from '#codec/m3ua';
import { CaptureReader, type Signalling, SignallingReader } from '#codec/mtp';
import { type SccpView, viewSccp } from '#codec/sccp';
import { NETWORK, PLACES, type Place } from '#endpoint/exchange';

/** An SCCP message in a capture, with the signalling message that carried it. */
export interface Carried {
  readonly carrier: Signalling;
  readonly opc: number;
  readonly dpc: number;
  readonly view: SccpView;
}

/** All SCCP messages that a capture's M3UA DATA carry. Throws on octets that are none. */
export function carriedIn(capture: Uint8Array): readonly Carried[] {
  const packets = new CaptureReader().push(capture);
  if (!packets.ok) throw new Error(packets.error.text);
  const reader = new SignallingReader();
  return packets.value
    .flatMap((packet) => reader.push(packet))
    .flatMap((carrier) => {
      const message = decodeM3ua(carrier.octets);
      if (!message.ok) throw new Error(message.error.text);
      if (message.value.kind !== 'DATA') return [];
      const { opc, dpc, userData } = message.value.protocolData;
      const view = viewSccp(userData);
      if (!view.ok) throw new Error(view.error.text);
      return [{ carrier, opc, dpc, view: view.value }];
    });
}

/** By their TCAP messages, which hold transaction ids of one run alone, messages that are the same are told. */
export const tcapOf = ({ data }: SccpView): string => Buffer.from(data).toString('hex');

export interface Passage {
  readonly from: Place;
  readonly to: Place;
  readonly sent: SccpView;
  readonly came: SccpView;
}

export interface Passages {
  readonly through: readonly Passage[];
  /** What came to a place and had been sent by none: the gate's own answers. */
  readonly own: readonly { readonly to: Place; readonly view: SccpView }[];
}

const placeOf = (pointCode: number): Place => PLACES.find((place) => NETWORK.pointCodes[place] === pointCode)!;

/** Out of a capture that `gate simulate` wrote. */
export function passagesIn(capture: Uint8Array): Passages {
  const sent = new Map<string, Carried>();
  const through: Passage[] = [];
  const own: { to: Place; view: SccpView }[] = [];
  for (const it of carriedIn(capture)) {
    const tcap = tcapOf(it.view);
    if (it.dpc === NETWORK.gatePointCode) {
      sent.set(tcap, it);
      continue;
    }
    const before = sent.get(tcap);
    if (before === undefined) own.push({ to: placeOf(it.dpc), view: it.view });
    else through.push({ from: placeOf(before.opc), to: placeOf(it.dpc), sent: before.view, came: it.view });
  }
  return { through, own };
}
