/** Messages in the words of tshark: the fields of its M3UA and SCCP dissectors that a message must show, several values in order. */
import { type M3uaMessage, MESSAGES, type RoutingKey } from '#codec/m3ua';
import type { SccpAddress, SccpMessage } from '#codec/sccp';

export type Fields = Map<string, string[]>;
type Value = string | number | undefined;

export const hexOf = (value: number, digits = 2): string => `0x${value.toString(16).padStart(digits, '0')}`;
const bytes = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

export function add(fields: Fields, values: Readonly<Record<string, Value>>): void {
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) fields.set(name, [...(fields.get(name) ?? []), String(value)]);
}

const TRAFFIC_MODE = { override: 1, loadshare: 2, broadcast: 3 } as const;

function addRoutingKey(fields: Fields, key: RoutingKey): void {
  add(fields, { 'm3ua.local_rk_identifier': key.localRkIdentifier });
  for (const context of key.routingContext ?? []) add(fields, { 'm3ua.routing_context': context });
  if (key.trafficMode !== undefined) add(fields, { 'm3ua.traffic_mode_type': TRAFFIC_MODE[key.trafficMode] });
  add(fields, {
    'm3ua.dpc_mask': 0,
    'm3ua.dpc_pc': key.destinationPointCode,
    'm3ua.network_appearance': key.networkAppearance,
  });
  for (const si of key.serviceIndicators ?? []) add(fields, { 'm3ua.si': si });
  for (const { mask, pointCode } of key.originatingPointCodes ?? [])
    add(fields, { 'm3ua.opc_list_mask': mask, 'm3ua.opc_list_pc': pointCode });
}

/** What tshark shows of a message; the user data of a DATA left out. */
export function addM3ua(fields: Fields, message: M3uaMessage): void {
  const { class: messageClass, type } = MESSAGES[message.kind];
  add(fields, { 'm3ua.message_class': messageClass, 'm3ua.message_type': type });
  if ('networkAppearance' in message) add(fields, { 'm3ua.network_appearance': message.networkAppearance });
  if ('routingContext' in message)
    for (const context of message.routingContext!) add(fields, { 'm3ua.routing_context': context });
  if ('aspIdentifier' in message) add(fields, { 'm3ua.asp_identifier': message.aspIdentifier });
  // osmo-stp ends the text with a NUL; tshark does not show it.
  if ('infoString' in message) add(fields, { 'm3ua.info_string': message.infoString!.replace(/\0$/, '') });
  if ('status' in message)
    add(fields, { 'm3ua.status_type': message.status.type, 'm3ua.status_info': message.status.information });
  if ('trafficMode' in message) add(fields, { 'm3ua.traffic_mode_type': TRAFFIC_MODE[message.trafficMode!] });
  if ('heartbeatData' in message) add(fields, { 'm3ua.heartbeat_data': bytes(message.heartbeatData!) });
  if ('errorCode' in message) add(fields, { 'm3ua.error_code': message.errorCode });
  if ('diagnosticInformation' in message) add(fields, { 'm3ua.diagnostic_information': bytes(message.diagnosticInformation!) });
  if ('affectedPointCodes' in message)
    for (const { mask, pointCode } of message.affectedPointCodes!)
      add(fields, { 'm3ua.affected_point_code_mask': mask, 'm3ua.affected_point_code_pc': pointCode });
  if ('concernedDestination' in message) add(fields, { 'm3ua.concerned_dpc': message.concernedDestination });
  if ('congestionLevel' in message) add(fields, { 'm3ua.congestion_level': message.congestionLevel });
  if ('userCause' in message)
    add(fields, { 'm3ua.unavailability_cause': message.userCause.cause, 'm3ua.user_identity': message.userCause.user });
  if ('correlationId' in message) add(fields, { 'm3ua.correlation_identifier': message.correlationId });
  if (message.kind === 'REG_REQ') for (const key of message.routingKeys) addRoutingKey(fields, key);
  if (message.kind === 'REG_RSP')
    for (const result of message.registrationResults) {
      add(fields, {
        'm3ua.local_rk_identifier': result.localRkIdentifier,
        'm3ua.registration_status': result.registrationStatus,
      });
      for (const context of result.routingContext) add(fields, { 'm3ua.routing_context': context });
    }
  if (message.kind === 'DEREG_RSP')
    for (const result of message.deregistrationResults) {
      for (const context of result.routingContext) add(fields, { 'm3ua.routing_context': context });
      add(fields, { 'm3ua.deregistration_status': result.deregistrationStatus });
    }
  if (message.kind !== 'DATA') return;
  const label = message.protocolData;
  add(fields, {
    'm3ua.protocol_data_opc': label.opc,
    'm3ua.protocol_data_dpc': label.dpc,
    'm3ua.protocol_data_si': label.si,
    'm3ua.protocol_data_ni': label.ni,
    'm3ua.protocol_data_mp': label.mp,
    'm3ua.protocol_data_sls': label.sls,
    // tshark shows the label under both names.
    'mtp3.opc': label.opc,
    'mtp3.dpc': label.dpc,
    'mtp3.sls': label.sls,
  });
}

/** Address signals above nine in tshark's words. Q.713 3.4.2.3.1. */
const CODES: Readonly<Record<string, string>> = { b: '11', c: '12', f: 'ST' };

function addAddress(fields: Fields, side: 'called' | 'calling', address: SccpAddress): void {
  const gt = address.globalTitle;
  const digits = gt !== undefined && 'digits' in gt ? gt.digits : undefined;
  const hasScheme = gt !== undefined && (gt.indicator === 3 || gt.indicator === 4);
  const of = (name: string, value: Value) => add(fields, { [`sccp.${side}.${name}`]: value });
  of('ri', hexOf(address.routeOn === 'ssn' ? 1 : 0));
  of('gti', hexOf(gt?.indicator ?? 0));
  of('pc', address.pointCode);
  of('ssn', address.ssn);
  of('oe', gt?.indicator === 1 && digits !== undefined ? hexOf(digits.length % 2) : undefined);
  of('tt', gt !== undefined && 'translationType' in gt ? hexOf(gt.translationType) : undefined);
  of('np', gt !== undefined && 'numberingPlan' in gt ? hexOf(gt.numberingPlan) : undefined);
  of('es', hasScheme && digits !== undefined ? hexOf(digits.length % 2 === 1 ? 1 : 2) : undefined);
  of('nai', gt !== undefined && 'natureOfAddress' in gt ? hexOf(gt.natureOfAddress) : undefined);
  of(
    'digits',
    digits?.replace(/[bcf]/g, (code) => CODES[code]!),
  );
}

/** What tshark shows of a message but its data. */
export function addSccp(fields: Fields, message: SccpMessage, type: number): void {
  add(fields, {
    'sccp.message_type': hexOf(type),
    'sccp.class': 'protocolClass' in message ? hexOf(message.protocolClass) : undefined,
    'sccp.handling': 'returnOnError' in message ? hexOf(message.returnOnError ? 8 : 0) : undefined,
    'sccp.return_cause': 'returnCause' in message ? hexOf(message.returnCause) : undefined,
    'sccp.hops': 'hopCounter' in message ? hexOf(message.hopCounter) : undefined,
  });
  addAddress(fields, 'called', message.called);
  addAddress(fields, 'calling', message.calling);
  for (const { name, octets } of 'optional' in message ? message.optional : [])
    if (name === 0x10)
      add(fields, {
        'sccp.segmentation.first': hexOf(octets[0]! >>> 7),
        'sccp.segmentation.class': hexOf((octets[0]! >>> 6) & 1),
        'sccp.segmentation.remaining': hexOf(octets[0]! & 15),
        'sccp.segmentation.slr': `0x${bytes(octets.slice(1).reverse())}`,
      });
}

/** The fields as tshark prints them: several values with commas between, in the order of their names. */
export const shown = (fields: Fields): Record<string, string> =>
  Object.fromEntries([...fields].map(([name, values]) => [name, values.join(',')] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
