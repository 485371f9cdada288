/** What the tests of this room share: nodes that remember what their links told, and waiting for it. */
import { type Log, silentLog } from '#base';
import type { ProtocolData } from '#codec/m3ua';
import { type AssociationPorts, type Associations, createAssociations } from './create.js';
import type { DestinationNews, Link, LinkState, LinkUser, UndeliverableReason } from './link.js';
import type { AssociationSettings } from './settings.js';

/** When a test gives up waiting. Unit: milliseconds. */
const PATIENCE_MS = 20_000;

/** Resolves when `holds` is true; rejects with `what` when that takes too long. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const messageOf = (text: string, sls = 5): ProtocolData => ({
  opc: 2057,
  dpc: 4114,
  si: 3,
  ni: 2,
  mp: 0,
  sls,
  userData: octetsOf(text),
});

export interface Received {
  readonly link: string;
  readonly data: ProtocolData;
  readonly text: string;
  readonly routingContext: number | undefined;
}

/** Remembers everything; copies what it keeps. */
export class Recorder implements LinkUser {
  readonly received: Received[] = [];
  readonly states: string[] = [];
  readonly news: (DestinationNews & { readonly link: string })[] = [];
  readonly returned: { readonly link: string; readonly text: string; readonly reason: UndeliverableReason }[] = [];
  drained = 0;
  /** Called with each message before it is remembered. */
  onMessage: ((link: Link, data: ProtocolData) => void) | undefined;

  onTransfer(link: Link, data: ProtocolData, routingContext: number | undefined): void {
    this.onMessage?.(link, data);
    const userData = data.userData.slice();
    this.received.push({
      link: link.name,
      data: { ...data, userData },
      text: new TextDecoder().decode(userData),
      routingContext,
    });
  }

  onState(link: Link, state: LinkState): void {
    this.states.push(`${link.name} ${state}`);
  }

  onDestination(link: Link, news: DestinationNews): void {
    this.news.push({ link: link.name, ...news });
  }

  onUndeliverable(link: Link, data: ProtocolData, reason: UndeliverableReason): void {
    this.returned.push({ link: link.name, text: new TextDecoder().decode(data.userData), reason });
  }

  onDrained(): void {
    this.drained++;
  }

  get texts(): string[] {
    return this.received.map((it) => it.text);
  }
}

/** Log lines of one node, for tests that ask for them. */
export class LineLog implements Log {
  readonly lines: { readonly level: string; readonly fields: Readonly<Record<string, unknown>>; readonly text: string }[] = [];
  private say(level: string, fields: Readonly<Record<string, unknown>>, text: string): void {
    this.lines.push({ level, fields, text });
  }
  debug(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.say('debug', fields, text);
  }
  info(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.say('info', fields, text);
  }
  warn(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.say('warn', fields, text);
  }
  error(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.say('error', fields, text);
  }
}

export interface TestNode extends Associations {
  readonly seen: Recorder;
}

/** A node, not started. Throws on settings that are refused. */
export function nodeOf(settings: AssociationSettings, ports: Partial<AssociationPorts> = {}): TestNode {
  const seen = new Recorder();
  const made = createAssociations(settings, { log: silentLog, user: seen, random: () => 1, ...ports });
  if (!made.ok) throw new Error(made.error.text);
  return Object.assign(made.value, { seen });
}

/** The same, started. Throws when it cannot be. */
export async function startNode(settings: AssociationSettings, ports: Partial<AssociationPorts> = {}): Promise<TestNode> {
  const node = nodeOf(settings, ports);
  const started = await node.start();
  if (!started.ok) throw new Error(started.error.text);
  return node;
}
