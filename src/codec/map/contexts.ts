/** Application contexts: which dialogue of MAP it is, and of which version. TS 29.002 17.3. */

/** All of MAP's contexts begin so; context and version follow. */
export const MAP_CONTEXT_PREFIX = '0.4.0.0.1.0';

export interface ContextRow {
  readonly name: string;
  readonly versions: readonly number[];
}

/** By their number. Of version 1 a node sends no context as a rule, but some do. */
export const CONTEXTS: Readonly<Record<number, ContextRow>> = {
  1: { name: 'networkLocUp', versions: [1, 2, 3] },
  2: { name: 'locationCancellation', versions: [1, 2, 3] },
  14: { name: 'infoRetrieval', versions: [1, 2, 3] },
  16: { name: 'subscriberDataMngt', versions: [1, 2, 3] },
  20: { name: 'shortMsgGateway', versions: [1, 2, 3] },
  21: { name: 'shortMsgMO-Relay', versions: [1, 2, 3] },
  23: { name: 'shortMsgAlert', versions: [1, 2] },
  24: { name: 'mwdMngt', versions: [1, 2, 3] },
  25: { name: 'shortMsgMT-Relay', versions: [2, 3] },
  27: { name: 'msPurging', versions: [2, 3] },
  29: { name: 'anyTimeInfoEnquiry', versions: [3] },
  32: { name: 'gprsLocationUpdate', versions: [3] },
};

export interface MapContext {
  /** The arc that names it; a key of CONTEXTS, or another number. */
  readonly context: number;
  readonly version: number;
}

const PATTERN = /^0\.4\.0\.0\.1\.0\.([0-9]{1,9})\.([0-9]{1,9})$/;

/** Which context an object identifier names; undefined when it is none of MAP's. */
export function contextOf(applicationContext: string): MapContext | undefined {
  const match = PATTERN.exec(applicationContext);
  return match === null ? undefined : { context: Number(match[1]), version: Number(match[2]) };
}

/** The object identifier of a context. */
export const contextName = ({ context, version }: MapContext): string => `${MAP_CONTEXT_PREFIX}.${context}.${version}`;

/** `shortMsgMO-Relay v3`; undefined when it is none of MAP's. */
export function contextText(applicationContext: string): string | undefined {
  const found = contextOf(applicationContext);
  return found && `${CONTEXTS[found.context]?.name ?? `context ${found.context}`} v${found.version}`;
}

/** In version 1 there is one context for both ways: shortMsgRelay. */
export const SHORT_MSG_MO_RELAY = 21;
export const SHORT_MSG_MT_RELAY = 25;
