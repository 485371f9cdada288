/** Templates of what else a relay carries: routing enquiries, location updates, reports, and an operation that nobody knows. */
import { encodeError, encodeInvoke, encodeResult, type MapInvoke, type MapResult } from '#codec/map';
import { type Component, local } from '#codec/tcap';
import { addressOf, NODES, type Node } from './laboratory.js';
import { numberOf } from './numbers.js';
import { type Carrier, contextFor, partOf, type Template, tcapOf } from './template.js';

const INVOKE_ID = 1;
const E164 = 1;
const INTERNATIONAL = 1;
const address = (digits: string) => ({ nature: INTERNATIONAL, plan: E164, digits });

const IMSI = '240071234567890';
const subscriber = address(numberOf('own', 1));
const centre = NODES.homeCentres[0];
const exchange = NODES.exchanges[0];
const register = NODES.homeRegister;

interface OtherRow {
  /** Application context number. */
  readonly context: number;
  readonly version: number;
  readonly from: Node;
  readonly to: Node;
  readonly invoke: MapInvoke | { readonly code: number };
  readonly result?: MapResult;
}

/** One row for each; the last column of TS 29.002 17.3 gives the context. */
export const OTHER_OPERATIONS = {
  sendRoutingInfoForSM: {
    context: 20,
    version: 3,
    from: centre,
    to: NODES.foreignRegister,
    invoke: {
      operation: 'sendRoutingInfoForSM',
      argument: { msisdn: subscriber, smRpPri: true, serviceCentreAddress: address(centre.digits) },
    },
    result: {
      operation: 'sendRoutingInfoForSM',
      result: { imsi: IMSI, locationInfoWithLmsi: { networkNodeNumber: address(exchange.digits) } },
    },
  },
  'sendRoutingInfoForSM v1': {
    context: 20,
    version: 1,
    from: centre,
    to: NODES.foreignRegister,
    invoke: {
      operation: 'sendRoutingInfoForSM',
      argument: { msisdn: subscriber, smRpPri: false, serviceCentreAddress: address(centre.digits) },
    },
    result: {
      operation: 'sendRoutingInfoForSM',
      result: { imsi: IMSI, locationInfoWithLmsi: { networkNodeNumber: address(exchange.digits) } },
    },
  },
  'reportSM-DeliveryStatus': {
    context: 20,
    version: 3,
    from: centre,
    to: NODES.foreignRegister,
    invoke: {
      operation: 'reportSM-DeliveryStatus',
      argument: {
        msisdn: subscriber,
        serviceCentreAddress: address(centre.digits),
        smDeliveryOutcome: 'absentSubscriber',
        absentSubscriberDiagnosticSm: 1,
      },
    },
  },
  alertServiceCentre: {
    context: 23,
    version: 2,
    from: NODES.foreignRegister,
    to: centre,
    invoke: { operation: 'alertServiceCentre', argument: { msisdn: subscriber, serviceCentreAddress: address(centre.digits) } },
  },
  updateLocation: {
    context: 1,
    version: 3,
    from: NODES.visitorRegister,
    to: register,
    invoke: {
      operation: 'updateLocation',
      argument: { imsi: IMSI, mscNumber: address(exchange.digits), vlrNumber: address(NODES.visitorRegister.digits) },
    },
    result: { operation: 'updateLocation', result: { hlrNumber: address(register.digits) } },
  },
  'updateLocation v2': {
    context: 1,
    version: 2,
    from: NODES.visitorRegister,
    to: register,
    invoke: {
      operation: 'updateLocation',
      argument: { imsi: IMSI, mscNumber: address(exchange.digits), vlrNumber: address(NODES.visitorRegister.digits) },
    },
    result: { operation: 'updateLocation', result: { hlrNumber: address(register.digits), bare: true } },
  },
  updateGprsLocation: {
    context: 32,
    version: 3,
    from: NODES.visitorRegister,
    to: register,
    invoke: {
      operation: 'updateGprsLocation',
      argument: {
        imsi: IMSI,
        sgsnNumber: address(NODES.visitorRegister.digits),
        sgsnAddress: Uint8Array.of(4, 192, 0, 2, 9),
      },
    },
    result: { operation: 'updateGprsLocation', result: { hlrNumber: address(register.digits) } },
  },
  cancelLocation: {
    context: 2,
    version: 3,
    from: register,
    to: NODES.visitorRegister,
    invoke: {
      operation: 'cancelLocation',
      argument: { identity: { kind: 'imsi', value: IMSI }, cancellationType: 'updateProcedure' },
    },
  },
  /** To the number of a service centre, where a selector takes it: it is not the operation that is screened. */
  'unknown operation': { context: 21, version: 3, from: exchange, to: centre, invoke: { code: 99 } },
} as const satisfies Readonly<Record<string, OtherRow>>;

export type OtherOperation = keyof typeof OTHER_OPERATIONS;
export const OTHER_OPERATION_NAMES = Object.keys(OTHER_OPERATIONS) as OtherOperation[];

/** An octet string as the argument of what has no row. */
const OPAQUE = Uint8Array.of(0x04, 0x03, 0x01, 0x02, 0x03);

export function otherTemplate(name: OtherOperation, carrier: Carrier): Template {
  const { context, version, from, to, invoke, result }: OtherRow = OTHER_OPERATIONS[name];
  const applicationContext = contextFor(context, version);
  const component: Component =
    'code' in invoke
      ? { kind: 'invoke', invokeId: INVOKE_ID, operation: local(invoke.code), parameter: OPAQUE }
      : encodeInvoke(INVOKE_ID, invoke);
  return {
    name: `${name} ${carrier}`,
    from: from.place,
    to: to.place,
    carrier,
    facts: {
      selected: to.ssn === centre.ssn,
      moForwardSm: false,
      fromPlatform: false,
      senderType: undefined,
      homeCentre: to.digits === centre.digits,
    },
    version,
    ...(applicationContext === undefined ? {} : { applicationContext }),
    invokeId: INVOKE_ID,
    first: partOf(tcapOf.begin(applicationContext, [component]), { called: addressOf(to), calling: addressOf(from), carrier }),
    answers: {
      result: tcapOf.end(applicationContext, [encodeResult(INVOKE_ID, result)]),
      error: tcapOf.end(applicationContext, [encodeError(INVOKE_ID, { error: 'systemFailure' })]),
    },
  };
}
