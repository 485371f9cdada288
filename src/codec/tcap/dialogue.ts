/** The dialogue portion: an EXTERNAL that holds one dialogue PDU. Q.773 clause 3.2, annex A. */
import { hexNumber, Malformed } from '#base';
import {
  asItCame,
  BerFault,
  type BerNode,
  BerReader,
  constructed,
  integerOctets,
  oidOctets,
  primitive,
  readInteger,
  readOid,
} from '#codec/ber';
import type { Aare, Aarq, Abrt, Audt, DialoguePortion, External, Kept } from './messages.js';

/** dialogue-as-id and uniDialogue-as-id, Q.773 annex A. */
export const DIALOGUE_AS = '0.0.17.773.1.1.1';
export const UNI_DIALOGUE_AS = '0.0.17.773.1.2.1';
/** Version 1, as a BIT STRING: seven bits unused, the first set. */
export const PROTOCOL_VERSION_1 = Uint8Array.of(0x07, 0x80);

const DIALOGUE_AS_OCTETS = oidOctets(DIALOGUE_AS);
const UNI_DIALOGUE_AS_OCTETS = oidOctets(UNI_DIALOGUE_AS);

const EXTERNAL = 0x28;
const SINGLE_ASN1_TYPE = 0xa0;
const VERSION = 0x80;
const CONTEXT_NAME = 0xa1;
const RESULT = 0xa2;
const DIAGNOSTIC = 0xa3;
const USER_INFORMATION = 0xbe;
const ABORT_SOURCE = 0x80;
const SOURCES = [
  ['user', 0xa1],
  ['provider', 0xa2],
] as const;

/** The PDUs by identifier: fields of one name are read and written alike. */
const PDU_TAGS = { AARQ: 0x60, AUDT: 0x60, AARE: 0x61, ABRT: 0x64 } as const;

type Parts = { -readonly [K in Exclude<keyof Aare, 'kind' | 'unknown'>]?: NonNullable<Aare[K]> } & { source?: number };

/** Reads what an EXTERNAL of a dialogue portion holds; `octets` for what cannot be read. */
export function readDialogue(r: BerReader): DialoguePortion {
  try {
    return pduOf(r);
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    return { kind: 'unreadable', octets: r.content(), detail: e.message };
  }
}

function pduOf(r: BerReader): DialoguePortion {
  const outer = r.inner();
  outer.need('EXTERNAL of the dialogue portion');
  if (outer.tag !== EXTERNAL) throw new Malformed(outer.start, `${hexNumber(outer.tag)}, expected EXTERNAL (0x28)`, 'Q.773 3.2');
  const { directReference, encoding } = readExternal(outer);
  outer.finish('the dialogue portion');
  if (directReference !== DIALOGUE_AS && directReference !== UNI_DIALOGUE_AS)
    throw new Malformed(outer.start, `abstract syntax ${directReference ?? 'missing'}, expected ${DIALOGUE_AS}`, 'Q.773 annex A');
  const wrapped = new BerReader(encoding);
  wrapped.need('the dialogue PDU');
  const inner = wrapped.inner();
  inner.need('the dialogue PDU');
  const uni = directReference === UNI_DIALOGUE_AS;
  const kind = (['AARQ', 'AARE', 'ABRT'] as const).find((it) => PDU_TAGS[it] === inner.tag);
  if (kind === undefined || (uni && kind !== 'AARQ'))
    throw new Malformed(inner.start, `${hexNumber(inner.tag)} is no dialogue PDU`);
  const pdu = readPdu(inner, uni ? 'AUDT' : kind);
  inner.finish('the dialogue PDU');
  return pdu;
}

const MANDATORY = {
  AARQ: ['applicationContext'],
  AUDT: ['applicationContext'],
  AARE: ['applicationContext', 'result', 'diagnostic'],
  ABRT: ['source'],
} as const satisfies Readonly<Record<string, readonly (keyof Parts)[]>>;

function readPdu(r: BerReader, kind: 'AARQ' | 'AARE' | 'ABRT' | 'AUDT'): DialoguePortion {
  const parts: Parts = {};
  const unknown: Uint8Array[] = [];
  const inner = r.inner();
  while (inner.next()) {
    const { tag } = inner;
    // Of a field that is there twice the first counts, the other is kept with what is not known.
    if (tag === VERSION && kind === 'ABRT' && parts.source === undefined) parts.source = readInteger(inner);
    else if (tag === VERSION && kind !== 'ABRT' && parts.protocolVersion === undefined) parts.protocolVersion = inner.content();
    else if (tag === CONTEXT_NAME && kind !== 'ABRT' && parts.applicationContext === undefined)
      parts.applicationContext = only(inner, 0x06, readOid);
    else if (tag === RESULT && kind === 'AARE' && parts.result === undefined) parts.result = only(inner, 0x02, readInteger);
    else if (tag === DIAGNOSTIC && kind === 'AARE' && parts.diagnostic === undefined) parts.diagnostic = readDiagnostic(inner);
    else if (tag === USER_INFORMATION && parts.userInformation === undefined) parts.userInformation = readUserInformation(inner);
    else unknown.push(inner.element());
  }
  for (const key of MANDATORY[kind])
    if (parts[key] === undefined) throw new BerFault('missing', r.start, `${key} of ${kind} is missing`);
  return { kind, ...parts, ...(unknown.length > 0 ? { unknown } : {}) } as DialoguePortion;
}

/** The one element inside an explicit tag. */
function only<T>(r: BerReader, tag: number, read: (r: BerReader) => T): T {
  const inner = r.inner();
  inner.need(`the content of ${hexNumber(r.tag)}`);
  if (inner.tag !== tag) throw new Malformed(inner.start, `${hexNumber(inner.tag)}, expected ${hexNumber(tag)}`);
  const value = read(inner);
  inner.finish(`the content of ${hexNumber(r.tag)}`);
  return value;
}

function readDiagnostic(r: BerReader): Aare['diagnostic'] {
  const inner = r.inner();
  inner.need('the source of the diagnostic');
  const source = SOURCES.find(([, tag]) => tag === inner.tag)?.[0];
  if (source === undefined) throw new Malformed(inner.start, `${hexNumber(inner.tag)}, expected 0xa1 (user) or 0xa2 (provider)`);
  const value = only(inner, 0x02, readInteger);
  inner.finish('the diagnostic');
  return { source, value };
}

function readUserInformation(r: BerReader): External[] {
  const found: External[] = [];
  const inner = r.inner();
  while (inner.next()) {
    if (inner.tag !== EXTERNAL) throw new Malformed(inner.start, `${hexNumber(inner.tag)}, expected EXTERNAL (0x28)`);
    found.push(readExternal(inner));
  }
  return found;
}

function readExternal(r: BerReader): External {
  const inner = r.inner();
  inner.need('the content of EXTERNAL');
  const directReference = inner.tag === 0x06 ? readOid(inner) : undefined;
  if (directReference !== undefined) inner.need('the encoding of EXTERNAL');
  const encoding = inner.element();
  inner.finish('EXTERNAL');
  return { ...(directReference === undefined ? {} : { directReference }), encoding };
}

const externalNode = (value: External): BerNode =>
  constructed(EXTERNAL, [
    ...(value.directReference === undefined ? [] : [primitive(0x06, oidOctets(value.directReference))]),
    asItCame(value.encoding),
  ]);

const explicitly = (tag: number, inner: BerNode): BerNode => constructed(tag, [inner]);
const integerNode = (value: number): BerNode => primitive(0x02, integerOctets(value));

/** The elements inside the dialogue portion (6b). */
export function dialogueNodes(value: DialoguePortion): BerNode[] {
  if (value.kind === 'unreadable') return [asItCame(value.octets)];
  const pdu = constructed(PDU_TAGS[value.kind], pduNodes(value));
  return [
    constructed(EXTERNAL, [
      primitive(0x06, value.kind === 'AUDT' ? UNI_DIALOGUE_AS_OCTETS : DIALOGUE_AS_OCTETS),
      explicitly(SINGLE_ASN1_TYPE, pdu),
    ]),
  ];
}

function pduNodes(value: Aarq | Aare | Abrt | Audt): BerNode[] {
  const nodes: BerNode[] = [];
  if (value.kind === 'ABRT') nodes.push(primitive(ABORT_SOURCE, integerOctets(value.source)));
  else {
    if (value.protocolVersion !== undefined) nodes.push(primitive(VERSION, value.protocolVersion));
    nodes.push(explicitly(CONTEXT_NAME, primitive(0x06, oidOctets(value.applicationContext))));
  }
  if (value.kind === 'AARE') {
    const source = SOURCES.find(([name]) => name === value.diagnostic.source)![1];
    nodes.push(
      explicitly(RESULT, integerNode(value.result)),
      explicitly(DIAGNOSTIC, explicitly(source, integerNode(value.diagnostic.value))),
    );
  }
  if (value.userInformation !== undefined) nodes.push(constructed(USER_INFORMATION, value.userInformation.map(externalNode)));
  return [...nodes, ...keptNodes(value)];
}

export const keptNodes = (value: Kept): BerNode[] => (value.unknown ?? []).map(asItCame);
