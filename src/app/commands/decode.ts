/** `angarium decode`: prints what octets mean. Works alone, without a running program. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Failure, say, sayJson } from './terminal.js';

/** Longest input. Unit: octets. Source: twice the largest message that can be configured. */
const INPUT_MAX = 200 * 1024 * 1024;

async function inputOctets(file: string): Promise<Uint8Array> {
  if (file !== '-') {
    return readFile(file).catch((e: NodeJS.ErrnoException) => {
      throw new Failure(`${file}: cannot be read (${e.code ?? e.message})`);
    });
  }
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > INPUT_MAX) throw new Failure(`standard input has more than ${INPUT_MAX} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, octets);
}

export function addDecodeCommands(program: Command): void {
  program
    .command('decode')
    .description('print a PDU in words')
    .command('mms')
    .description('print an MMS PDU (MMS encapsulation, as on MM1) field by field')
    .argument('<file>', 'file with the octets of one PDU, or - for standard input')
    .option('--json', 'print one JSON object instead')
    .option('--masked', 'mask numbers and leave out what people wrote, for use in reports')
    .addHelpText(
      'after',
      '\nExit code 1 when the octets are no PDU; the line says at which octet.\n\nExamples:\n  angarium decode mms send-req.mms\n  curl -s http://127.0.0.1:8514/m/KEY | angarium decode mms -',
    )
    .action(async (file: string, options: { json?: true; masked?: true }) => {
      // Loaded when needed: the other commands start faster without.
      const { decodePdu, toText } = await import('#codec/mms');
      const pdu = decodePdu(await inputOctets(file));
      if (!pdu.ok) throw new Failure(`${file === '-' ? 'standard input' : file}: ${pdu.error.text}`);
      if (options.json) sayJson((await import('./pdu-json.js')).pduJson(pdu.value));
      else say(toText(pdu.value, { masked: options.masked ?? false }));
    });
}
