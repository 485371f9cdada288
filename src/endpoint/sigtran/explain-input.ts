/** What can be asked about: octets of a message, from some layer on, or what a message would say. */
import { err, ok, type Result } from '#base';
import type { ProtocolData } from '#codec/m3ua';
import { contextName, encodeInvoke, SHORT_MSG_MO_RELAY } from '#codec/map';
import { decodeMtp3, type MtpVariant } from '#codec/mtp';
import { encodeSccp, type SccpAddress } from '#codec/sccp';
import { encodeSms, makeUserData } from '#codec/sms';
import { encodeTcap, PROTOCOL_VERSION_1 } from '#codec/tcap';

/** A message as somebody describes it, who has no octets. */
export interface MessageFields {
  /** The sender's MSISDN, digits; absent: `noSM-RP-OA`. */
  readonly sender?: string;
  /** Nature of the sender's number, a key of MAP's NATURES. Default 1, international. */
  readonly senderNature?: number;
  /** The service centre's global title: the called party, and SM-RP-DA unless `serviceCentre` says otherwise. International digits. */
  readonly smsc: string;
  /** SM-RP-DA, when it is another. */
  readonly serviceCentre?: string;
  /** The exchange's global title. */
  readonly msc: string;
  /** TP-DA. Default: some number. */
  readonly recipient?: string;
  /** MAP version, 1 to 3. Default 3. */
  readonly version?: number;
  readonly imsi?: string;
  /** Fields of the called party other than those of an international E.164 title with translation type 0 and subsystem 8. */
  readonly called?: Partial<SccpAddress>;
}

/** `data`: from MTP3 on, as M3UA carries it. `msu`: from the service information octet on. `sccp`: one SCCP message. */
export type ExplainInput =
  | { readonly kind: 'data'; readonly data: ProtocolData; readonly link?: string }
  | { readonly kind: 'msu'; readonly octets: Uint8Array; readonly link?: string }
  | { readonly kind: 'sccp'; readonly octets: Uint8Array; readonly link?: string }
  | { readonly kind: 'fields'; readonly fields: MessageFields; readonly link?: string };

/** What is taken for what the input does not say. */
export interface Assumed {
  readonly link: string;
  readonly ni: number;
  readonly opc: number;
  /** One of our point codes, or nothing but MTP transfer comes of it. */
  readonly dpc: number;
  readonly sls: number;
}

/** Why an input is no message. */
export interface InputFault {
  readonly kind: 'malformed' | 'bad-value';
  readonly text: string;
}

const SI_SCCP = 3;
const SSN_MSC = 8;
const INTERNATIONAL_E164 = { nature: 1, plan: 1 } as const;
const SOME_RECIPIENT = '447700900000';
const SOME_TEXT = 'Hello';
const SOME_OTID = Uint8Array.of(0x45, 0x58, 0x50, 0x4c);

const title = (digits: string): SccpAddress => ({
  routeOn: 'gt',
  ssn: SSN_MSC,
  globalTitle: { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits },
});

/** The user data of a mo-ForwardSM with these fields. Throws RangeError on values that it cannot hold. */
function tcapOf(fields: MessageFields): Uint8Array {
  const version = fields.version ?? 3;
  const made = makeUserData({ text: SOME_TEXT }, 0);
  const tpdu = encodeSms({
    kind: 'SMS-SUBMIT',
    messageReference: 0,
    destinationAddress: { typeOfNumber: 1, numberingPlan: 1, value: fields.recipient ?? SOME_RECIPIENT },
    protocolIdentifier: 0,
    dataCodingScheme: 0,
    userData: made,
  });
  const invoke = encodeInvoke(1, {
    operation: 'mo-ForwardSM',
    argument: {
      smRpDa: {
        kind: 'serviceCentreAddressDA',
        value: { ...INTERNATIONAL_E164, digits: fields.serviceCentre ?? fields.smsc },
      },
      smRpOa:
        fields.sender === undefined
          ? { kind: 'noSM-RP-OA', value: true }
          : { kind: 'msisdn', value: { nature: fields.senderNature ?? 1, plan: 1, digits: fields.sender } },
      smRpUi: tpdu,
      ...(fields.imsi === undefined ? {} : { imsi: fields.imsi }),
    },
  });
  const applicationContext = contextName({ context: SHORT_MSG_MO_RELAY, version });
  return encodeTcap({
    kind: 'begin',
    otid: SOME_OTID,
    ...(version === 1 ? {} : { dialogue: { kind: 'AARQ', protocolVersion: PROTOCOL_VERSION_1, applicationContext } }),
    components: [invoke],
  });
}

function octetsOfFields(fields: MessageFields): Result<Uint8Array, InputFault> {
  try {
    const message = encodeSccp({
      kind: 'UDT',
      protocolClass: 0,
      returnOnError: true,
      called: { ...title(fields.smsc), ...fields.called },
      calling: title(fields.msc),
      data: tcapOf(fields),
    });
    return message.ok ? message : err({ kind: 'bad-value', text: message.error.text });
  } catch (e) {
    if (e instanceof RangeError) return err({ kind: 'bad-value', text: e.message });
    throw e;
  }
}

/** The message that an input means. */
export function dataOf(input: ExplainInput, assumed: Assumed, variant: MtpVariant): Result<ProtocolData, InputFault> {
  const { ni, opc, dpc, sls } = assumed;
  const label = { opc, dpc, si: SI_SCCP, ni, mp: 0, sls };
  switch (input.kind) {
    case 'data':
      return ok(input.data);
    case 'sccp':
      return ok({ ...label, userData: input.octets });
    case 'msu': {
      const msu = decodeMtp3(input.octets, variant);
      if (!msu.ok) return err({ kind: 'malformed', text: msu.error.text });
      const { priority, ...rest } = msu.value;
      return ok({ ...rest, mp: priority });
    }
    case 'fields': {
      const octets = octetsOfFields(input.fields);
      return octets.ok ? ok({ ...label, userData: octets.value }) : octets;
    }
  }
}
