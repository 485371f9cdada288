/** Where M3UA and IPA run over TCP in a capture, as options say it. */
import { InvalidArgumentError, Option } from 'commander';

/** A place where M3UA or IPA may run over TCP. */
export interface TcpPort {
  readonly kind: 'm3ua' | 'ipa';
  readonly port: number;
}

/** Where nobody says otherwise: M3UA's registered port (RFC 4666 7.2), and the one that osmo-stp takes for IPA. */
export const TCP_PORTS: readonly TcpPort[] = [
  { kind: 'm3ua', port: 2905 },
  { kind: 'ipa', port: 5000 },
];

function readTcpPort(text: string, before: readonly TcpPort[]): readonly TcpPort[] {
  const found = /^(m3ua|ipa):([0-9]{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (!found || port < 1 || port > 65_535)
    throw new InvalidArgumentError('expected a protocol and a port, for instance m3ua:2905 or ipa:5000');
  return [...before, { kind: found[1] as TcpPort['kind'], port }];
}

/** Adds to TCP_PORTS; may be given more than once. */
export const tcpPortsOption = (): Option =>
  new Option('--tcp <kind:port>', 'with a capture: another TCP port of M3UA or IPA; may be given more than once')
    .argParser(readTcpPort)
    .default(TCP_PORTS, 'm3ua:2905 ipa:5000');
