/** What ASPs ask of a gateway, and what they send through it. RFC 4666 4.3.4 and 4.4. */
import {
  type AspActive,
  type AspInactive,
  type AspUp,
  type Data,
  diagnosticOf,
  ERROR_CODE,
  OTHER_STATUS,
  type RegReq,
  STATUS_TYPE,
} from '#codec/m3ua';
import type { ApplicationServer } from './application-server.js';
import { CONTROL_STREAM } from './conversation.js';
import { AS_STATE_INFORMATION, type Asp, type Gateway } from './gateway.js';
import { answerDeregistration, answerRegistration } from './registration.js';

export function aspUp(gateway: Gateway, asp: Asp, message: AspUp, octets: Uint8Array, now: number): void {
  const { aspIdentifier } = message;
  const { isBlocked, identifierRequired } = asp.terms;
  if (isBlocked === true) {
    gateway.complain(asp, ERROR_CODE.refusedManagementBlocking, octets);
    return;
  }
  if (identifierRequired === true && aspIdentifier === undefined) {
    gateway.complain(asp, ERROR_CODE.aspIdentifierRequired, octets);
    return;
  }
  const isTaken = (it: Asp): boolean => it !== asp && it.isUp && it.identifier === aspIdentifier && sharesAs(it, asp);
  if (aspIdentifier !== undefined && [...gateway.asps.values()].some(isTaken)) {
    gateway.complain(asp, ERROR_CODE.invalidAspIdentifier, octets);
    return;
  }
  if (aspIdentifier !== undefined) asp.identifier = aspIdentifier;
  gateway.send(asp, { kind: 'ASPUP_ACK' });
  const wasActive = gateway.aspState(asp.name) === 'active';
  if (asp.isUp) {
    if (!wasActive) return;
    gateway.complain(asp, ERROR_CODE.unexpectedMessage, octets);
    for (const server of gateway.serversOf(asp)) server.active.delete(asp.name);
  }
  asp.isUp = true;
  for (const server of gateway.serversOf(asp)) server.up.add(asp.name);
  gateway.out.push({ kind: 'asp-state', asp: asp.name, state: 'inactive' });
  const changed = gateway.settle(now);
  // Who comes to an AS whose state does not change by it is told that state.
  for (const server of gateway.serversOf(asp))
    if (!changed.has(server) && server.state !== 'down')
      gateway.tell(server, STATUS_TYPE.asState, AS_STATE_INFORMATION[server.state], undefined, [asp.name]);
}

export function aspActive(gateway: Gateway, asp: Asp, message: AspActive, octets: Uint8Array, now: number): void {
  const { servers, unknown } = gateway.named(asp, message.routingContext);
  const { trafficMode } = message;
  const fits = servers.filter((it) => trafficMode === undefined || it.settings.trafficMode === trafficMode);
  if (fits.length > 0)
    gateway.send(asp, {
      kind: 'ASPAC_ACK',
      ...(trafficMode === undefined ? {} : { trafficMode }),
      ...(message.routingContext === undefined ? {} : { routingContext: fits.map((it) => it.settings.routingContext) }),
    });
  if (unknown.length > 0) gateway.complain(asp, ERROR_CODE.invalidRoutingContext, octets, unknown);
  else if (servers.length === 0) gateway.complain(asp, ERROR_CODE.noConfiguredAs, octets);
  const others = servers.filter((it) => !fits.includes(it));
  if (others.length > 0)
    gateway.complain(
      asp,
      ERROR_CODE.unsupportedTrafficMode,
      octets,
      others.map((it) => it.settings.routingContext),
    );
  for (const server of fits) activate(gateway, asp, server);
  gateway.settle(now);
}

function activate(gateway: Gateway, asp: Asp, server: ApplicationServer): void {
  if (server.active.has(asp.name)) return;
  const { routingContext, trafficMode } = server.settings;
  const before = [...server.active];
  if (trafficMode === 'override')
    for (const name of before) {
      server.active.delete(name);
      gateway.out.push({ kind: 'asp-state', asp: name, state: 'inactive', routingContext });
    }
  server.active.add(asp.name);
  gateway.out.push({ kind: 'asp-state', asp: asp.name, state: 'active', routingContext });
  if (trafficMode === 'override')
    gateway.tell(server, STATUS_TYPE.other, OTHER_STATUS.alternateAspActive, asp.identifier, before);
}

export function aspInactive(gateway: Gateway, asp: Asp, message: AspInactive, octets: Uint8Array, now: number): void {
  const { servers, unknown } = gateway.named(asp, message.routingContext);
  if (servers.length > 0)
    gateway.send(asp, {
      kind: 'ASPIA_ACK',
      ...(message.routingContext === undefined ? {} : { routingContext: servers.map((it) => it.settings.routingContext) }),
    });
  if (unknown.length > 0) gateway.complain(asp, ERROR_CODE.invalidRoutingContext, octets, unknown);
  else if (servers.length === 0) gateway.complain(asp, ERROR_CODE.noConfiguredAs, octets);
  for (const server of servers) {
    if (!server.active.delete(asp.name)) continue;
    const { routingContext } = server.settings;
    gateway.out.push({ kind: 'asp-state', asp: asp.name, state: 'inactive', routingContext });
    tellShortage(gateway, server);
  }
  gateway.settle(now);
}

/** Fewer are active than the AS needs: those that stand by are told. RFC 4666 4.3.4.5. */
function tellShortage(gateway: Gateway, server: ApplicationServer): void {
  if (server.active.size === 0 || server.active.size >= server.activeMin) return;
  const standing = [...server.up].filter((it) => !server.active.has(it));
  gateway.tell(server, STATUS_TYPE.other, OTHER_STATUS.insufficientResources, undefined, standing);
}

export function data(gateway: Gateway, asp: Asp, data: Data, stream: number | undefined, octets: Uint8Array): void {
  const { routingContext: contexts, networkAppearance } = data;
  if (stream === CONTROL_STREAM && asp.streams > 1) {
    gateway.discard(asp, 'DATA', 'stream-zero');
    gateway.complain(asp, ERROR_CODE.invalidStreamIdentifier, octets);
    return;
  }
  if (!asp.isUp) {
    gateway.discard(asp, 'DATA', 'not-up');
    return;
  }
  const { servers, unknown } = gateway.named(asp, contexts);
  if (unknown.length > 0) {
    gateway.discard(asp, 'DATA', 'unknown-routing-context');
    gateway.complain(asp, ERROR_CODE.invalidRoutingContext, octets, unknown);
    return;
  }
  const server = servers.find((it) => it.active.has(asp.name));
  if (server === undefined) {
    gateway.discard(asp, 'DATA', 'not-active');
    return;
  }
  const wanted = server.settings.networkAppearance;
  if (wanted !== undefined && networkAppearance !== undefined && networkAppearance !== wanted) {
    gateway.discard(asp, 'DATA', 'wrong-network-appearance');
    const diagnosticInformation = diagnosticOf(octets);
    gateway.send(asp, {
      kind: 'ERR',
      errorCode: ERROR_CODE.invalidNetworkAppearance,
      networkAppearance,
      diagnosticInformation,
    });
    return;
  }
  gateway.out.push({ kind: 'data', asp: asp.name, data });
}

export function register(gateway: Gateway, asp: Asp, message: RegReq, now: number): void {
  const answers = message.routingKeys.map((key) => answerRegistration(gateway.servers.values(), key));
  for (const { server } of answers)
    if (server !== undefined) {
      asp.serves.add(server.settings.routingContext);
      server.up.add(asp.name);
    }
  gateway.send(asp, { kind: 'REG_RSP', registrationResults: answers.map(({ result }) => result) });
  gateway.settle(now);
}

export function deregister(gateway: Gateway, asp: Asp, contexts: readonly number[], now: number): void {
  const answers = contexts.map((context) =>
    answerDeregistration(asp.serves.has(context) ? gateway.servers.get(context) : undefined, asp.name, context),
  );
  for (const { server } of answers)
    if (server !== undefined) {
      asp.serves.delete(server.settings.routingContext);
      server.up.delete(asp.name);
    }
  gateway.send(asp, { kind: 'DEREG_RSP', deregistrationResults: answers.map(({ result }) => result) });
  gateway.settle(now);
}

const sharesAs = (a: Asp, b: Asp): boolean => [...a.serves].some((it) => b.serves.has(it));
