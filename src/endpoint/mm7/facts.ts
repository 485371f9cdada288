/** What HTTP and TLS say of a request before it is read. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Mm7Config } from './config.js';
import type { CallFacts } from './identify.js';

/** Where a request goes, by its path. */
export interface Target {
  readonly interface: CallFacts['interface'];
  /** Of JSON: behind the interface's path. */
  readonly path: string;
  readonly query: string;
}

/** Undefined: there is nothing by that path. */
export function targetOf(url: string, config: Mm7Config): Target | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  if (path === config.path) return { interface: 'soap', path, query };
  if (!path.startsWith(`${config.jsonPath}/`)) return undefined;
  return { interface: 'json', path: path.slice(config.jsonPath.length), query };
}

export function factsOf(request: IncomingMessage, target: Target): CallFacts {
  const { socket } = request;
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined;
  const shown = certificate?.fingerprint256 === undefined ? undefined : certificate;
  return {
    method: request.method ?? '',
    uri: request.url ?? '',
    authorization: request.headers.authorization,
    address: socket.remoteAddress,
    interface: target.interface,
    ...(shown !== undefined && {
      certificate: {
        names: dnsNames(shown.subjectaltname),
        fingerprint: shown.fingerprint256.replaceAll(':', '').toLowerCase(),
      },
    }),
  };
}

/** Of `DNS:a.example, IP Address:10.0.0.1`: the host names. A name with a quote in it was made up to be misread. */
const dnsNames = (subjectAltName: string | undefined): readonly string[] =>
  (subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => (entry.startsWith('DNS:') && !entry.includes('"') ? [entry.slice('DNS:'.length)] : []));
