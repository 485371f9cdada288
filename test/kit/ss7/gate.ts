/** A gate of real parts between an exchange, a service centre and a prepaid platform, and the messages that go through it. */
import assert from 'node:assert/strict';
import type { ProtocolData } from '#codec/m3ua';
import { contextName, encodeInvoke, type MoForwardSmArg } from '#codec/map';
import { encodeSccp, HOP_COUNTER_MAX, type SccpAddress, type SccpKind, type SccpMessage } from '#codec/sccp';
import { type Component, encodeTcap, PROTOCOL_VERSION_1, type TcapMessage } from '#codec/tcap';
import { type GateOutput, type GatePorts, type GateSettings, GateSwitch, type Wire } from '#endpoint/sigtran';
import { createScreening, type NumberLookup, type ScreeningEvent, type ScreeningSettings } from '#portability';
import { createRouting, type Routing } from '#protocol/routing';

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
export const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

export const PC = { gate: 100, msc: 1, smsc: 2, platform: 3 } as const;
const LINK_OF: Readonly<Record<number, string>> = { [PC.msc]: 'to-msc', [PC.smsc]: 'to-smsc', [PC.platform]: 'to-in' };
const NI = 2;

/** Titles that begin with these digits lead to the exchange; all others to the service centre. They are handed on as they came. */
export function routingOf(mscDigits: string): Routing {
  const links = Object.values(LINK_OF).map((name) => ({ name }));
  const routing = createRouting({
    networks: [{ ni: NI, variant: 'itu', own: [PC.gate] }],
    links,
    routes: Object.entries(LINK_OF).map(([pointCode, link]) => ({ ni: NI, pointCode: Number(pointCode), via: [{ link }] })),
    gtt: {
      selectors: [{ gti: '*', tt: '*', np: '*', nai: '*', ssn: '*', set: 'numbers' }],
      sets: [
        {
          name: 'numbers',
          entries: [
            { digits: '', action: { kind: 'to', target: { pointCode: PC.smsc, routeOn: 'gt' } } },
            { digits: mscDigits, action: { kind: 'to', target: { pointCode: PC.msc, routeOn: 'gt' } } },
          ],
        },
      ],
      groups: [],
    },
  });
  assert.ok(routing.ok, routing.ok ? '' : routing.error.map((it) => it.text).join('\n'));
  for (const { name } of links) routing.value.setLink(name, true);
  return routing.value;
}

export interface GateWorld {
  readonly gate: GateSwitch;
  readonly routing: Routing;
  readonly events: { readonly event: ScreeningEvent; readonly wire: Wire | undefined }[];
  /** An SCCP message as it comes from the exchange, or from elsewhere. */
  feed(octets: Uint8Array, from?: { readonly opc?: number; readonly link?: string; readonly at?: number }): readonly GateOutput[];
}

export function gateWorld(
  settings: ScreeningSettings,
  numbers: NumberLookup,
  mscDigits: string,
  gateSettings: Partial<GateSettings> = {},
  ports: Partial<GatePorts> = {},
): GateWorld {
  const events: GateWorld['events'] = [];
  const screening = createScreening<Wire>(settings, { numbers, tell: (event, wire) => events.push({ event, wire }) });
  assert.ok(screening.ok, screening.ok ? '' : screening.error.map(({ path, text }) => `${path}: ${text}`).join('\n'));
  const routing = routingOf(mscDigits);
  const platforms = [{ name: 'in', to: { target: { pointCode: PC.platform, routeOn: 'gt' as const } } }];
  const gate = new GateSwitch(
    { whenReassemblyFails: 'pass', continues: true, platforms, ...gateSettings },
    { screening: screening.value, routing, ...ports },
  );
  return {
    gate,
    routing,
    events,
    feed: (userData, { opc = PC.msc, link = 'to-msc', at = 0 } = {}) =>
      gate.receive(link, { opc, dpc: PC.gate, si: 3, ni: NI, mp: 0, sls: 5, userData }, at),
  };
}

export const sccpTitle = (digits: string, ssn = 8): SccpAddress => ({
  routeOn: 'gt',
  ssn,
  globalTitle: { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits },
});

const TPDU = hex('01000c91947117000002 0000 05e8329bfd06');
const international = (digits: string) => ({ nature: 1, plan: 1, digits });

export const moArgument = (sender: string, serviceCentre: string): MoForwardSmArg => ({
  smRpDa: { kind: 'serviceCentreAddressDA', value: international(serviceCentre) },
  smRpOa: { kind: 'msisdn', value: international(sender) },
  smRpUi: TPDU,
});

/** The same operation the other way, as versions 1 and 2 have it. */
export const mtArgument = (imsi: string, serviceCentre: string): MoForwardSmArg => ({
  smRpDa: { kind: 'imsi', value: imsi },
  smRpOa: { kind: 'serviceCentreAddressOA', value: international(serviceCentre) },
  smRpUi: TPDU,
});

export const forwardSm = (argument: MoForwardSmArg, invokeId = 1): Component =>
  encodeInvoke(invokeId, { operation: 'mo-ForwardSM', argument });

/** As a node of this version opens a dialogue; in version 1 without a dialogue portion. */
export const begin = (version: number, components: readonly Component[], otid: Uint8Array, context = 21): TcapMessage => ({
  kind: 'begin',
  otid,
  ...(version === 1
    ? {}
    : { dialogue: { kind: 'AARQ', protocolVersion: PROTOCOL_VERSION_1, applicationContext: contextName({ context, version }) } }),
  ...(components.length === 0 ? {} : { components }),
});

export function inSccp(message: TcapMessage, kind: SccpKind, called: SccpAddress, calling: SccpAddress): Uint8Array {
  const extended = kind === 'UDT' ? {} : { hopCounter: HOP_COUNTER_MAX, optional: [] };
  const data = encodeTcap(message);
  const octets = encodeSccp({ kind, protocolClass: 1, returnOnError: true, called, calling, data, ...extended } as SccpMessage);
  assert.ok(octets.ok);
  return octets.value;
}

/** The messages among outputs, with nothing else beside them. */
export const sent = (outputs: readonly GateOutput[]): readonly { readonly link: string; readonly data: ProtocolData }[] =>
  outputs.map((output) => {
    assert.equal(output.kind, 'send');
    return output as Extract<GateOutput, { kind: 'send' }>;
  });
