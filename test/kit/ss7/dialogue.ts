/** M3UA conversations as lines that people read: `→ ASPAC rc=11 loadshare`, `* state active 11`. */
import { encodeM3ua, type M3uaMessage, STATUS_NAMES } from '#codec/m3ua';
import type { AspOutput, IpspOutput, SgpOutput } from '#protocol/asp';

/** A message on one line: its kind and what it says. */
export function messageText(message: M3uaMessage): string {
  const parts: string[] = [message.kind];
  if ('routingContext' in message) parts.push(`rc=${message.routingContext!.join('+')}`);
  if ('networkAppearance' in message) parts.push(`na=${message.networkAppearance}`);
  if ('aspIdentifier' in message) parts.push(`id=${message.aspIdentifier}`);
  if ('trafficMode' in message) parts.push(message.trafficMode!);
  if ('status' in message) parts.push(STATUS_NAMES[message.status.type]?.[message.status.information] ?? 'unnamed status');
  if ('errorCode' in message) parts.push(`code=0x${message.errorCode.toString(16).padStart(2, '0')}`);
  if ('affectedPointCodes' in message)
    parts.push(
      `pc=${message.affectedPointCodes!.map((it) => (it.mask === 0 ? it.pointCode : `${it.pointCode}/${it.mask}`)).join('+')}`,
    );
  if (message.kind === 'DUPU') parts.push(`user=${message.userCause.user}/${message.userCause.cause}`);
  if ('congestionLevel' in message) parts.push(`level=${message.congestionLevel}`);
  if ('heartbeatData' in message) parts.push(`data=${Buffer.from(message.heartbeatData!).toString('hex')}`);
  if ('correlationId' in message) parts.push(`correlation=${message.correlationId}`);
  if ('registrationResults' in message)
    parts.push(
      ...message.registrationResults.map(
        (it) => `${it.localRkIdentifier}:${it.registrationStatus}:rc=${it.routingContext.join()}`,
      ),
    );
  if ('deregistrationResults' in message)
    parts.push(...message.deregistrationResults.map((it) => `${it.deregistrationStatus}:rc=${it.routingContext.join()}`));
  if (message.kind === 'DATA') parts.push(`sls=${message.protocolData.sls}`, `"${Buffer.from(message.protocolData.userData)}"`);
  return parts.join(' ');
}

/** An output on one line; the association's name stands before those of a gateway. */
export function outputText(output: AspOutput | SgpOutput | IpspOutput): string {
  const lead = 'half' in output ? `${output.half}: ` : 'asp' in output ? `${output.asp}: ` : '';
  switch (output.kind) {
    case 'send':
      return `${lead}→ ${messageText(output.message)}${output.message.kind === 'DATA' ? ` stream ${output.stream}` : ''}`;
    case 'data':
      return `${lead}* ${messageText(output.data)}`;
    case 'state':
      return `${lead}* state ${[output.state, ...output.routingContexts].join(' ')}`;
    case 'asp-state':
      return `${lead}* ASP ${output.state}${output.routingContext === undefined ? '' : ` in ${output.routingContext}`}`;
    case 'as-state':
      return `${lead}* AS ${output.routingContext} ${output.state}`;
    case 'undeliverable':
      return `${lead}* undeliverable "${Buffer.from(output.data.userData)}" ${output.reason}`;
    case 'discarded':
      return `${lead}* discarded ${output.reason === 'malformed' ? '' : `${output.what} `}${output.reason}`;
    case 'close':
      return `${lead}* close ${output.reason}`;
    default:
      return `${lead}* ${output.kind} ${messageText(output.message)}`;
  }
}

/** The octets of a message, as `message` inputs want them. */
export const octetsOf = (message: M3uaMessage): Uint8Array => encodeM3ua(message);

/** A DATA of our tests. */
export const protocolData = (text: string, sls = 0) => ({
  opc: 1,
  dpc: 2,
  si: 3,
  ni: 2,
  mp: 0,
  sls,
  userData: new Uint8Array(Buffer.from(text)),
});
