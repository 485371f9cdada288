/** The operations: code, name, and what goes out and comes back. TS 29.002 17.5 and 17.6. */
import type { BerType } from '#codec/ber';
import {
  type AnyTimeInterrogationArg,
  type AnyTimeInterrogationRes,
  anyTimeInterrogationArg,
  anyTimeInterrogationRes,
  type CancelLocationArg,
  cancelLocationArg,
  type InsertSubscriberDataArg,
  type InsertSubscriberDataRes,
  insertSubscriberDataArg,
  insertSubscriberDataRes,
  type UpdateGprsLocationArg,
  type UpdateLocationArg,
  type UpdateLocationRes,
  updateGprsLocationArg,
  updateLocationArg,
  updateLocationRes,
} from './mobility.js';
import {
  type AlertServiceCentreArg,
  alertServiceCentreArg,
  type ExtensionOnly,
  extensionOnly,
  type ForwardSmRes,
  forwardSmRes,
  type InformServiceCentreArg,
  informServiceCentreArg,
  type MoForwardSmArg,
  type MtForwardSmArg,
  moForwardSmArg,
  mtForwardSmArg,
  type ReadyForSmArg,
  type ReportSmDeliveryStatusArg,
  type ReportSmDeliveryStatusRes,
  type RoutingInfoForSmArg,
  type RoutingInfoForSmRes,
  readyForSmArg,
  reportSmDeliveryStatusArg,
  reportSmDeliveryStatusRes,
  routingInfoForSmArg,
  routingInfoForSmRes,
} from './short-message.js';

/** Argument and result by operation; `never`: the operation has no result of its own. */
export interface Operations {
  updateLocation: [UpdateLocationArg, UpdateLocationRes];
  cancelLocation: [CancelLocationArg, ExtensionOnly];
  insertSubscriberData: [InsertSubscriberDataArg, InsertSubscriberDataRes];
  updateGprsLocation: [UpdateGprsLocationArg, UpdateLocationRes];
  'mt-ForwardSM': [MtForwardSmArg, ForwardSmRes];
  sendRoutingInfoForSM: [RoutingInfoForSmArg, RoutingInfoForSmRes];
  'mo-ForwardSM': [MoForwardSmArg, ForwardSmRes];
  'reportSM-DeliveryStatus': [ReportSmDeliveryStatusArg, ReportSmDeliveryStatusRes];
  alertServiceCentreWithoutResult: [AlertServiceCentreArg, never];
  informServiceCentre: [InformServiceCentreArg, never];
  alertServiceCentre: [AlertServiceCentreArg, never];
  readyForSM: [ReadyForSmArg, ExtensionOnly];
  anyTimeInterrogation: [AnyTimeInterrogationArg, AnyTimeInterrogationRes];
}
export type OperationName = keyof Operations;

export interface OperationRow<K extends OperationName> {
  /** Local operation code. */
  readonly code: number;
  /** Versions that have it, by this code. */
  readonly versions: readonly number[];
  readonly argument: BerType<Operations[K][0]>;
  /** Absent when it has no result of its own. */
  readonly result?: BerType<Operations[K][1]>;
}

export const OPERATIONS: { readonly [K in OperationName]: OperationRow<K> } = {
  updateLocation: { code: 2, versions: [1, 2, 3], argument: updateLocationArg, result: updateLocationRes },
  cancelLocation: { code: 3, versions: [1, 2, 3], argument: cancelLocationArg, result: extensionOnly },
  insertSubscriberData: { code: 7, versions: [1, 2, 3], argument: insertSubscriberDataArg, result: insertSubscriberDataRes },
  updateGprsLocation: { code: 23, versions: [3], argument: updateGprsLocationArg, result: updateLocationRes },
  'mt-ForwardSM': { code: 44, versions: [3], argument: mtForwardSmArg, result: forwardSmRes },
  sendRoutingInfoForSM: { code: 45, versions: [1, 2, 3], argument: routingInfoForSmArg, result: routingInfoForSmRes },
  /** Called forwardSM in versions 1 and 2, and sent both ways. */
  'mo-ForwardSM': { code: 46, versions: [1, 2, 3], argument: moForwardSmArg, result: forwardSmRes },
  'reportSM-DeliveryStatus': {
    code: 47,
    versions: [1, 2, 3],
    argument: reportSmDeliveryStatusArg,
    result: reportSmDeliveryStatusRes,
  },
  alertServiceCentreWithoutResult: { code: 49, versions: [1], argument: alertServiceCentreArg },
  informServiceCentre: { code: 63, versions: [2, 3], argument: informServiceCentreArg },
  alertServiceCentre: { code: 64, versions: [2, 3], argument: alertServiceCentreArg },
  readyForSM: { code: 66, versions: [2, 3], argument: readyForSmArg, result: extensionOnly },
  anyTimeInterrogation: { code: 71, versions: [3], argument: anyTimeInterrogationArg, result: anyTimeInterrogationRes },
};

/** Operations that are known by name only: they pass, and logs say what passed. */
export const OTHER_OPERATIONS: Readonly<Record<number, string>> = {
  8: 'deleteSubscriberData',
  22: 'sendRoutingInfo',
  24: 'sendRoutingInfoForGprs',
  56: 'sendAuthenticationInfo',
  57: 'restoreData',
  67: 'purgeMS',
  70: 'provideSubscriberInfo',
};

const BY_CODE = new Map(Object.entries(OPERATIONS).map(([name, row]) => [row.code, name as OperationName]));

/** The row's name for a local code; undefined when there is no row. */
export const operationOf = (code: number): OperationName | undefined => BY_CODE.get(code);

/** The standard's name of an operation code, with or without a row; undefined when it is not known. */
export const operationName = (code: number): string | undefined => BY_CODE.get(code) ?? OTHER_OPERATIONS[code];
