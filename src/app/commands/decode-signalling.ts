/** `angarium decode m3ua|sccp|tcap|map|sms`. */
import { type Command, Option } from 'commander';
import type { ShowWishes, SignallingLayer } from './show-signalling.js';
import { TCP_PORTS, tcpPortsOption } from './tcp-ports.js';

interface Row {
  readonly layer: SignallingLayer;
  readonly what: string;
  /** It may come in a capture. */
  readonly captured?: true;
}

const ROWS: readonly Row[] = [
  { layer: 'm3ua', what: 'an M3UA message (RFC 4666) and what it carries', captured: true },
  { layer: 'sccp', what: 'a connectionless SCCP message (Q.713) and the TCAP and MAP in it', captured: true },
  { layer: 'tcap', what: 'a TCAP message (Q.773), its parameters as octets' },
  { layer: 'map', what: 'a TCAP message with its MAP operations (TS 29.002) and short messages' },
  { layer: 'sms', what: 'the TPDU of a short message (TS 23.040)' },
];

const HELP = `
Numbers are shown whole, the content of short messages only with --content. Exit code 1 when the octets are no such message; the line says at
which octet.`;

function addRow(decode: Command, { layer, what, captured }: Row): void {
  const input = `file with the octets of one message, as they are or in hexadecimal${captured ? ', or a capture (pcap, pcapng)' : ''}; - for standard input`;
  const json = captured
    ? 'print JSON instead: one object, or one a line for each message of a capture'
    : 'print one JSON object instead';
  const command = decode
    .command(layer)
    .description(`print ${what}`)
    .argument('<file>', input)
    .option('--json', json)
    .option('--content', 'show also what people wrote: the user data of short messages');
  if (captured) command.addOption(tcpPortsOption());
  if (layer === 'sms') {
    command.addOption(new Option('--direction <way>', 'mo: from the phone, mt: to it').choices(['mo', 'mt']).default('mo'));
    command.option('--error', 'it is the report of an error');
  }
  command.addHelpText('after', HELP).action(async (file: string, wishes: Partial<ShowWishes>) => {
    // Loaded when needed: the other commands start faster without.
    const { printSignalling } = await import('./show-signalling.js');
    await printSignalling(layer, file, { tcp: TCP_PORTS, ...wishes });
  });
}

export function addDecodeSignalling(decode: Command): void {
  for (const row of ROWS) addRow(decode, row);
}
