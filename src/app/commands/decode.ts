/** `angarium decode`: prints what octets mean. Works alone, without a running program. */
import { type Command, Option } from 'commander';
import type { Departure } from '#codec/mms';
import { addDecodeSignalling } from './decode-signalling.js';
import { inputName, inputOctets } from './octets-input.js';
import { Failure, plain, say, sayJson, table } from './terminal.js';

type Mms = typeof import('#codec/mms');

/** How the PDU is to be shown. */
interface Wishes {
  readonly json?: true;
  readonly masked?: true;
  readonly octets?: true;
  readonly strict?: true;
}

async function printPdu({ decodePdu, toText }: Mms, name: string, octets: Uint8Array, wishes: Wishes): Promise<void> {
  const pdu = decodePdu(octets);
  if (!pdu.ok) throw new Failure(`${name}: ${pdu.error.text}`);
  if (wishes.json) sayJson((await import('./pdu-json.js')).pduJson(pdu.value));
  else say(toText(pdu.value, { masked: wishes.masked ?? false }));
}

/** What can be read is printed even of octets that are no PDU; the exit code says that they are none. */
function printOctets({ decodePdu, octetsText }: Mms, name: string, octets: Uint8Array): void {
  say(octetsText(octets));
  const pdu = decodePdu(octets);
  if (!pdu.ok) throw new Failure(`${name}: ${pdu.error.text}`);
}

function departureLine({ offset, grade, name, field, detail, clause }: Departure): string[] {
  const what = field === undefined ? detail : `${field}: ${detail}`;
  return [`octet ${offset}`, grade, name, plain(clause === undefined ? what : `${what} (${clause})`)];
}

function printDepartures({ departures }: Mms, name: string, octets: Uint8Array, wishes: Wishes): void {
  const found = departures(octets);
  if (wishes.json) sayJson({ conforms: found.length === 0, departures: found });
  else if (found.length === 0) say('no departure from the standard was found');
  else say(table(found.map(departureLine)));
  if (found.length === 0) return;
  const refused = found.filter(({ grade }) => grade === 'refused').length;
  const count = found.length === 1 ? '1 departure' : `${found.length} departures`;
  throw new Failure(`${name}: ${count} from the standard${refused === 0 ? '' : `, ${refused} of them refused`}`);
}

export function addDecodeCommands(program: Command): void {
  const decode = program.command('decode').description('print a PDU in words');
  decode
    .command('mms')
    .description('print an MMS PDU (MMS encapsulation, as on MM1) field by field')
    .argument('<file>', 'file with the octets of one PDU, or - for standard input')
    .addOption(new Option('--json', 'print one JSON object instead'))
    .addOption(
      new Option('--masked', 'mask numbers and leave out what people wrote, for use in reports').conflicts([
        'json',
        'octets',
        'strict',
      ]),
    )
    .addOption(
      new Option('--octets', 'show the octets of each field and part with what they mean, as far as they can be read').conflicts([
        'json',
        'strict',
      ]),
    )
    .addOption(new Option('--strict', 'list every departure from the standard, with its octet and clause'))
    .addHelpText(
      'after',
      `
Exit code 1 when the octets are no PDU; the line says at which octet. With --strict, 1 when any departure was found: refused (no PDU, or a
body that cannot be taken apart), tolerated (read in spite of it) or departs (read as it stands, against a rule).

Examples:
  angarium decode mms send-req.mms
  angarium decode mms send-req.mms --octets
  angarium decode mms send-req.mms --strict --json
  curl -s http://127.0.0.1:8514/m/KEY | angarium decode mms -`,
    )
    .action(async (file: string, wishes: Wishes) => {
      // Loaded when needed: the other commands start faster without.
      const mms = await import('#codec/mms');
      const octets = await inputOctets(file);
      const name = inputName(file);
      if (wishes.strict) printDepartures(mms, name, octets, wishes);
      else if (wishes.octets) printOctets(mms, name, octets);
      else await printPdu(mms, name, octets, wishes);
    });
  addDecodeSignalling(decode);
}
