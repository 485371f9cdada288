/** Runs the gate as a program of its own on loopback, and plays the nodes around it: an exchange, a service centre and a prepaid platform. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Associations, createAssociations } from '#association';
import { silentLog } from '#base';
import type { ProtocolData } from '#codec/m3ua';
import { encodeInvoke } from '#codec/map';
import { encodeSccp } from '#codec/sccp';
import { encodeSms, makeUserData } from '#codec/sms';
import { encodeTcap, PROTOCOL_VERSION_1 } from '#codec/tcap';
import { ApiConnection } from '#operator';
import { openNumberStore } from '#store/numbers';
import { CLI, failureOf, type LogLine, type Ran, runCli } from '../program.js';

/** The little network: point codes, titles and numbers. */
export const PC = { gate: 1000, msc: 1, smsc: 2, platform: 3 } as const;
export const TITLE = { msc: '46700900001', smsc: '46705000001', platform: '46705000100', foreign: '447700900001' } as const;
export const SENDER = { ported: '46700000001', prepaid: '46700000002', own: '46700000003' } as const;

/** What the gate knows of the senders. */
export const NUMBERS = `number,portability-type,entity,routing-number
${SENDER.ported},1,rn,4675001
${SENDER.prepaid},3,sp,
${SENDER.own},36,sp,
`;

const NODES = { msc: 1, smsc: 2, platform: 3 } as const;
export type Node = keyof typeof NODES;

const peers = (Object.keys(NODES) as Node[])
  .map(
    (node) => `
[[peer]]
name = "${node}"
listener = "all"
asp-identifier = ${NODES[node]}
[[link]]
name = "${node}"
role = "sgp"
routing-contexts = [${NODES[node]}]
peers = ["${node}"]
[[route]]
point-code = "${PC[node]}"
via = [{ link = "${node}" }]
`,
  )
  .join('');

/** A whole configuration; `screening` stands in its table of that name, `more` behind everything. */
export const configOf = (screening = 'mode = "enforce"', more = ''): string => `
[screening]
flow = "ported-out"
${screening}
[monitoring]
listen = "127.0.0.1:0"
[[network]]
indicator = "national"
point-codes = ["${PC.gate}"]
[[listener]]
name = "all"
transport = "tcp"
addresses = ["127.0.0.1"]
port = 0
${peers}
[[gtt.selector]]
set = "e164"
[[gtt.set]]
name = "e164"
[[gtt.set.entry]]
digits = "${TITLE.msc}"
point-code = "${PC.msc}"
[[gtt.set.entry]]
digits = ""
point-code = "${PC.smsc}"
[[selector]]
name = "mo-sms"
tt = 0
np = 1
nai = 4
[[home-smsc]]
name = "smsc-1"
digits = "${TITLE.smsc}"
[prepaid]
on = true
[[platform]]
name = "in-1"
addresses = ["${TITLE.platform}"]
point-code = "${PC.platform}"
[[prepaid-relay]]
prepaid-type = 1
to = [{ platform = "in-1" }]
[overload]
level-1 = "8s"
level-2 = "9s"
level-3 = "10s"
${more}`;

/** What the API says, whatever it is. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind
export type Answer = any;

export interface GateProgram {
  readonly folder: string;
  /** Its configuration file. */
  readonly config: string;
  readonly port: number;
  readonly monitoring: string;
  /** Where numbers are served by HTTP; undefined where they are not. */
  readonly numbersHttp: string | undefined;
  readonly log: readonly LogLine[];
  /** Resolves with the first line that says this and comes after the first `after` lines. */
  logged(text: string, after?: number): Promise<LogLine>;
  /** Runs `angarium gate COMMAND --config ...`; rejects when it fails. */
  run(...args: readonly string[]): Promise<string>;
  /** Asks its operator API; rejects when that refuses. */
  ask(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<Answer>;
  /** Puts a number file where it may be loaded from, has it loaded, and waits for the end. */
  load(file: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<number | null>;
}

/** Where files must lie that a gate in this folder may load. */
export const importsOf = (folder: string): string => join(folder, 'angarium-gate', 'numbers', 'imports');

/** Puts numbers into a folder in which no gate runs yet. */
export async function putNumbers(folder: string, csv: string): Promise<void> {
  const file = join(folder, 'numbers.csv');
  writeFileSync(file, csv);
  const store = await openNumberStore({ folder: join(folder, 'angarium-gate', 'numbers') });
  if (!store.ok) throw new Error('in use');
  const loaded = await store.value.load({ settings: { file, source: file, screenedTypes: [] } });
  await store.value.close();
  if (!loaded.ok) throw new Error(loaded.error.kind);
}

/** Runs `angarium gate` with these arguments to its end. */
export const runGate = (...args: readonly string[]): Promise<Ran> => runCli(['gate', ...args]);

/** Starts the gate by the configuration that is in the folder already, or is given. Rejects when it does not come up. */
export async function startGateProgram(folder: string, config?: string): Promise<GateProgram> {
  const file = join(folder, 'gate.toml');
  if (config !== undefined) writeFileSync(file, config);
  const child = spawn(process.execPath, [CLI, 'gate', 'start', '--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log: LogLine[] = [];
  const bell = new EventEmitter();
  bell.setMaxListeners(100);
  const logged = async (text: string, after = 0): Promise<LogLine> => {
    for (;;) {
      const line = log.slice(after).find(({ msg }) => msg === text);
      if (line) return line;
      await once(bell, 'line');
    }
  };
  createInterface({ input: child.stdout! }).on('line', (line) => {
    log.push(JSON.parse(line) as LogLine);
    bell.emit('line');
  });
  const up = (await Promise.race([logged('gate is up'), failureOf(child, 'the gate')])) as LogLine & {
    readonly listeners: { readonly all: { readonly port: number } };
    readonly monitoring: { readonly port: number };
    readonly numbersHttp?: { readonly port: number };
  };
  const api = new ApiConnection({ socket: join(folder, 'angarium-gate', 'gate.sock') }, { 'x-angarium-operator': 'tester' });
  const ask = async (method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<Answer> => {
    const answer = await api.request(method, path, z.any(), body);
    if (!answer.ok) throw new Error(answer.error.text);
    return answer.value;
  };
  return {
    folder,
    config: file,
    ask,
    async load(name) {
      copyFileSync(name, join(importsOf(folder), basename(name)));
      await ask('POST', '/v1/number-store/load', { file: basename(name) });
      for (;;) {
        const { load } = await ask('GET', '/v1/number-store');
        if (load.state === 'done') return;
        if (load.state === 'failed') throw new Error(load.text);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    port: up.listeners.all.port,
    monitoring: `http://127.0.0.1:${up.monitoring.port}`,
    numbersHttp: up.numbersHttp === undefined ? undefined : `http://127.0.0.1:${up.numbersHttp.port}`,
    log,
    logged,
    async run(...args) {
      const { code, stdout, stderr } = await runGate(...args, '--config', file);
      if (code !== 0) throw new Error(`gate ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout;
    },
    signal: (signal) => child.kill(signal),
    async stop() {
      await api.close();
      if (child.exitCode === null && child.signalCode === null) {
        const closed = once(child, 'close');
        child.kill('SIGTERM');
        await closed;
      }
      return child.exitCode;
    },
  };
}

/** The nodes around a gate, each an ASP of its own. */
export class Nodes {
  readonly #associations: Associations;
  readonly #came = new Map<string, ProtocolData[]>();
  readonly #bell = new EventEmitter();

  private constructor(port: number, nodes: readonly Node[]) {
    this.#bell.setMaxListeners(100);
    const created = createAssociations(
      {
        links: nodes.map((name) => ({
          role: 'asp',
          name,
          routingContexts: [NODES[name]],
          aspIdentifier: NODES[name],
          connect: { transport: 'tcp', remoteAddresses: ['127.0.0.1'], remotePort: port, reconnect: { firstMs: 20, mostMs: 50 } },
        })),
      },
      {
        log: silentLog,
        user: {
          onTransfer: (link, data) => {
            const came = this.#came.get(link.name) ?? [];
            this.#came.set(link.name, [...came, { ...data, userData: data.userData.slice() }]);
            this.#bell.emit('change');
          },
          onState: () => this.#bell.emit('change'),
          onDestination: () => {},
          onUndeliverable: () => {},
        },
      },
    );
    if (!created.ok) throw new Error(created.error.text);
    this.#associations = created.value;
  }

  /** Resolves when all of them are active. */
  static async connect(port: number, ...nodes: readonly Node[]): Promise<Nodes> {
    const all = new Nodes(port, nodes.length === 0 ? (Object.keys(NODES) as Node[]) : nodes);
    const started = await all.#associations.start();
    if (!started.ok) throw new Error(started.error.text);
    await all.#until(() => all.#associations.links.every(({ state }) => state === 'active'));
    return all;
  }

  /** Sends an SCCP message to the gate. */
  send(from: Node, userData: Uint8Array): void {
    const outcome = this.#associations
      .link(from)!
      .transfer({ opc: PC[from], dpc: PC.gate, si: 3, ni: 2, mp: 0, sls: 0, userData });
    if (outcome !== 'taken') throw new Error(`${from}: ${outcome}`);
  }

  /** The next message that comes to a node. */
  async next(to: Node): Promise<ProtocolData> {
    await this.#until(() => (this.#came.get(to) ?? []).length > 0);
    return this.#came.get(to)!.shift()!;
  }

  /** The next message that comes to one of them, and to which. */
  async nextAt(...nodes: readonly Node[]): Promise<{ readonly at: Node; readonly data: ProtocolData }> {
    const found = (): Node | undefined => nodes.find((node) => (this.#came.get(node) ?? []).length > 0);
    await this.#until(() => found() !== undefined);
    const at = found()!;
    return { at, data: await this.next(at) };
  }

  close(): Promise<void> {
    return this.#associations.stop(0);
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await once(this.#bell, 'change');
  }
}

const title = (digits: string, natureOfAddress = 4) => ({
  routeOn: 'gt' as const,
  ssn: 8,
  globalTitle: { indicator: 4 as const, translationType: 0, numberingPlan: 1, natureOfAddress, digits },
});

/** Where a message differs from what the network's own exchange sends. */
interface Unusual {
  /** Digits of the calling party. */
  readonly calling?: string;
  /** Nature of the called party: no selector takes up any but 4. */
  readonly nature?: number;
}

let transactions = 0;

/** A short message as an exchange sends it: MO-ForwardSM of MAP version 3 in a UDT. */
export function moForwardSm(sender: string, centre: string = TITLE.smsc, { calling, nature }: Unusual = {}): Uint8Array {
  const tpdu = encodeSms({
    kind: 'SMS-SUBMIT',
    messageReference: 0,
    destinationAddress: { typeOfNumber: 1, numberingPlan: 1, value: '46700000099' },
    protocolIdentifier: 0,
    dataCodingScheme: 0,
    userData: makeUserData({ text: 'a secret' }, 0),
  });
  const invoke = encodeInvoke(1, {
    operation: 'mo-ForwardSM',
    argument: {
      smRpDa: { kind: 'serviceCentreAddressDA', value: { nature: 1, plan: 1, digits: centre } },
      smRpOa: { kind: 'msisdn', value: { nature: 1, plan: 1, digits: sender } },
      smRpUi: tpdu,
    },
  });
  const otid = Buffer.alloc(4);
  otid.writeUInt32BE(++transactions);
  const data = encodeTcap({
    kind: 'begin',
    otid,
    dialogue: { kind: 'AARQ', protocolVersion: PROTOCOL_VERSION_1, applicationContext: '0.4.0.0.1.0.21.3' },
    components: [invoke],
  });
  const message = encodeSccp({
    kind: 'UDT',
    protocolClass: 0,
    returnOnError: true,
    called: title(centre, nature),
    calling: title(calling ?? TITLE.msc),
    data,
  });
  if (!message.ok) throw new Error(message.error.text);
  return message.value;
}
