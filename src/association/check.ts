/** What contradicts itself in the settings, found before anything is opened. */
import { AddressSet } from './addresses.js';
import type { AcceptSettings, AssociationSettings, ConnectSettings, LinkSettings, ListenerSettings } from './settings.js';

/** UTF-16 units; in an ID_RESP the name has a length of 16 bits, in configuration files it is a word. */
const UNIT_NAME_MAX = 255;

/** One sentence for each fault; empty when there is none. */
export function faultsOf(settings: AssociationSettings): string[] {
  const listeners = new Map((settings.listeners ?? []).map((it) => [it.name, it]));
  const peers = settings.gateway?.peers ?? [];
  const gatewayLinks = settings.links.filter((it) => it.role === 'gateway');
  return [
    ...repeated(
      'link',
      settings.links.map((it) => it.name),
    ),
    ...repeated(
      'listener',
      (settings.listeners ?? []).map((it) => it.name),
    ),
    ...repeated(
      'peer',
      peers.map((it) => it.name),
    ),
    ...repeated(
      'routing context of gateway links',
      gatewayLinks.map((it) => it.routingContext),
    ),
    ...(settings.listeners ?? []).flatMap(ofListener),
    ...settings.links.flatMap((it) => ofLink(it, listeners)),
    ...peers.flatMap((it) => ofAccept(`peer ${it.name}`, it, 'm3ua', listeners)),
    ...peers
      .filter((it) => !gatewayLinks.some((link) => link.peers.includes(it.name)))
      .map((it) => `peer ${it.name} serves no link`),
    ...gatewayLinks.flatMap((link) =>
      link.peers
        .filter((name) => !peers.some((it) => it.name === name))
        .map((name) => `link ${link.name}: there is no peer ${name}`),
    ),
  ];
}

function repeated(what: string, values: readonly (string | number)[]): string[] {
  return [...new Set(values.filter((it, i) => values.indexOf(it) !== i))].map((it) => `${what} ${it} is there twice`);
}

function ofListener(listener: ListenerSettings): string[] {
  const of = `listener ${listener.name}`;
  return [
    ...(listener.tls !== undefined && listener.transport !== 'tcp' ? [`${of}: TLS is for TCP only`] : []),
    ...(listener.protocol === 'ipa' && listener.transport === 'sctp' ? [`${of}: IPA is for TCP only`] : []),
    ...(listener.transport === 'tcp' && (listener.localAddresses?.length ?? 0) > 1
      ? [`${of}: TCP listens on one address, or on all`]
      : []),
    ...ofAddresses(of, listener.allow, listener.transport === 'in-process'),
  ];
}

function ofAddresses(of: string, entries: readonly string[] | undefined, allowsNames: boolean): string[] {
  return (entries ?? [])
    .filter((it) => AddressSet.of([it], allowsNames) === undefined)
    .map((it) => `${of}: ${it} is neither an address nor a range`);
}

function ofLink(link: LinkSettings, listeners: ReadonlyMap<string, ListenerSettings>): string[] {
  const of = `link ${link.name}`;
  if (link.role === 'gateway') return link.peers.length === 0 ? [`${of}: no peer serves it`] : [];
  const protocol = link.role === 'ipa' ? 'ipa' : 'm3ua';
  const reached = 'connect' in link ? ofConnect(of, link.connect, protocol) : ofAccept(of, link.accept, protocol, listeners);
  if (link.role === 'ipsp-double' && (link.peerServers ?? []).length === 0)
    return [...reached, `${of}: the double exchange needs the peer's application servers`];
  if (link.role === 'ipa' && 'unitName' in link && (link.unitName === '' || link.unitName.length > UNIT_NAME_MAX))
    return [...reached, `${of}: a unit name has 1 to ${UNIT_NAME_MAX} characters`];
  return reached;
}

function ofConnect(of: string, connect: ConnectSettings, protocol: 'm3ua' | 'ipa'): string[] {
  const jitter = connect.reconnect?.jitter ?? 0;
  return [
    ...(connect.remoteAddresses.length === 0 ? [`${of}: no remote address is given`] : []),
    ...(connect.tls !== undefined && connect.transport !== 'tcp' ? [`${of}: TLS is for TCP only`] : []),
    ...(protocol === 'ipa' && connect.transport === 'sctp' ? [`${of}: IPA is for TCP only`] : []),
    ...(connect.transport === 'tcp' && (connect.localAddresses?.length ?? 0) > 1 ? [`${of}: TCP connects from one address`] : []),
    ...(jitter < 0 || jitter > 1 ? [`${of}: jitter is ${jitter}, expected 0 to 1`] : []),
  ];
}

function ofAccept(
  of: string,
  { listener: name, match }: AcceptSettings,
  protocol: 'm3ua' | 'ipa',
  listeners: ReadonlyMap<string, ListenerSettings>,
): string[] {
  const listener = listeners.get(name);
  if (listener === undefined) return [`${of}: there is no listener ${name}`];
  return [
    ...(listener.protocol !== protocol ? [`${of}: listener ${name} speaks ${listener.protocol}`] : []),
    ...(Object.values(match).every((it) => it === undefined) ? [`${of}: nothing says how the peer is recognised`] : []),
    ...(match.certificateName !== undefined && listener.tls === undefined
      ? [`${of}: listener ${name} has no TLS to show a certificate name`]
      : []),
    ...(match.aspIdentifier !== undefined && protocol === 'ipa' ? [`${of}: IPA has no ASP identifiers`] : []),
    ...(match.unitName !== undefined && protocol === 'm3ua' ? [`${of}: M3UA has no unit names`] : []),
    ...ofAddresses(of, match.addresses, listener.transport === 'in-process'),
  ];
}
