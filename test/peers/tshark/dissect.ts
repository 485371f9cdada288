/** Runs tshark over a capture and gives what it found as trees: its PDML, the form that shows text, place and octets of every field. */
import assert from 'node:assert/strict';
import type { Capture } from './capture.js';
import { tshark } from './run.js';

/** A protocol or a field as tshark names it. */
export interface Node {
  readonly tag: string;
  /** `mmse.subject`; empty for a heading. */
  readonly name: string;
  /** The value in its filter form. */
  readonly show: string;
  /** The line a person sees. */
  readonly showname: string;
  /** First octet within its packet (or within the packets put together). */
  readonly position: number;
  readonly size: number;
  /** The octets it was read from. */
  readonly octets: Buffer;
  readonly children: readonly Node[];
}

export interface Dissection {
  /** The MMS protocol tree. Absent when tshark found none. */
  readonly mmse?: Node;
  /** The WSP protocol tree of a push. */
  readonly wsp?: Node;
  /** Every malformed mark, and every expert remark above "chat" (which tells of each HTTP request line), as tshark words it. */
  readonly complaints: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|(\w+));/gi, (all, hex?: string, decimal?: string, name?: string) =>
    name !== undefined ? (ENTITIES[name] ?? all) : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  );

/** The elements of a PDML document. tshark writes no text between them, and escapes every `<` and `>` inside values. */
export function parsePdml(text: string): Node {
  const root = {
    tag: 'root',
    name: '',
    show: '',
    showname: '',
    position: 0,
    size: 0,
    octets: Buffer.alloc(0),
    children: [] as Node[],
  };
  const open = [root];
  for (const [, end, tag = '', rest = '', single] of text.matchAll(/<(\/?)(packet|proto|field)\b([^<>]*?)(\/?)>/g)) {
    if (end === '/') {
      assert.equal(open.pop()!.tag, tag, 'PDML is nested properly');
      continue;
    }
    const attributes = new Map<string, string>();
    for (const [, key = '', value = ''] of rest.matchAll(/([\w]+)="([^"]*)"/g)) attributes.set(key, unescaped(value));
    const of = (key: string): string => attributes.get(key) ?? '';
    const node = {
      tag,
      name: of('name'),
      show: of('show'),
      showname: of('showname'),
      position: Number(of('pos')),
      size: Number(of('size')),
      octets: Buffer.from(attributes.get('unmaskedvalue') ?? of('value'), 'hex'),
      children: [],
    };
    open.at(-1)!.children.push(node);
    if (single !== '/') open.push(node);
  }
  assert.equal(open.length, 1, 'PDML is whole');
  return root;
}

/** Every node of a tree, parents first. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

export const find = (node: Node | undefined, name: string): readonly Node[] =>
  node === undefined ? [] : [...walk(node)].filter((it) => it.name === name);

/** Expert severities: chat, note, warning, error in steps of this. epan/proto.h, PI_CHAT. */
const CHAT = 0x20_0000;
const isComplaint = (node: Node): boolean =>
  node.name === '_ws.expert' && find(node, '_ws.expert.severity').some((it) => Number(it.show) > CHAT);

/** What tshark makes of the capture, by the ports that mark its exchanges. */
export function dissect(capture: Capture): ReadonlyMap<number, Dissection> {
  const pdml = tshark(capture.toPcap(), ['-T', 'pdml']);
  const found = new Map<number, Dissection>();
  for (const packet of parsePdml(pdml).children) {
    const protocol = (name: string): Node | undefined => packet.children.find((it) => it.tag === 'proto' && it.name === name);
    const ports = ['tcp.port', 'udp.port'].flatMap((name) => find(packet, name)).map((it) => Number(it.show));
    const mmse = protocol('mmse');
    const wsp = protocol('wsp');
    const complaints = [...walk(packet)]
      .filter((it) => it.name === '_ws.malformed' || it.name === '_ws.short' || isComplaint(it))
      .map((it) => it.showname);
    const before = found.get(Math.max(...ports));
    found.set(Math.max(...ports), {
      ...before,
      ...(mmse && { mmse }),
      ...(wsp && { wsp }),
      complaints: [...(before?.complaints ?? []), ...complaints],
    });
  }
  return found;
}
