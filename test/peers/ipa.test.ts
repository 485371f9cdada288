/** Our IPA links and osmo-stp on this machine: SCCP over TCP without M3UA. */
// Needs: osmo-stp
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Associations, createAssociations, type LinkUser } from '#association';
import { silentLog } from '#base';
import type { ProtocolData } from '#codec/m3ua';

const PATIENCE_MS = 20_000;
const LOCAL = '127.0.0.1';
/** 1.1.1 and 2.2.2 in the format 3-8-3. */
const PC_A = 2057;
const PC_B = 4114;
const UDT = Buffer.from('0980030e190b12080012049343090000100b120800110493431932540602aabb', 'hex');

/** osmo-stp looks for an application server of the unit name, and matches associations by port. */
const configuration = (port: number, portA: number, portB: number): string => `
line vty
 no login
 bind ${LOCAL}
cs7 instance 0
 network-indicator international
 point-code 0.0.1
 asp unit-a ${portA} ${port} ipa
  local-ip ${LOCAL}
  remote-ip ${LOCAL}
  role sg
  sctp-role server
 asp unit-b ${portB} ${port} ipa
  local-ip ${LOCAL}
  remote-ip ${LOCAL}
  role sg
  sctp-role server
 as unit-a ipa
  asp unit-a
  routing-key 0 1.1.1
  point-code override dpc 2.2.2
 as unit-b ipa
  asp unit-b
  routing-key 0 2.2.2
  point-code override dpc 1.1.1
 route-table system
  update route 1.1.1 7.255.7 linkset unit-a
  update route 2.2.2 7.255.7 linkset unit-b
 listen ipa ${port}
  local-ip ${LOCAL}
  accept-asp-connections pre-configured
`;

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    assert.ok(Date.now() < end, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Node extends Associations {
  readonly received: { readonly data: ProtocolData; readonly octets: string }[];
}

interface Place {
  readonly unitName: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly ownPointCode: number;
  readonly peerPointCode: number;
}

async function startLink({ unitName, localPort, remotePort, ownPointCode, peerPointCode }: Place): Promise<Node> {
  const received: Node['received'] = [];
  const user: LinkUser = {
    onTransfer: (_, data) => void received.push({ data, octets: Buffer.from(data.userData).toString('hex') }),
    onState: () => {},
    onDestination: () => {},
    onUndeliverable: () => {},
  };
  const connect = {
    transport: 'tcp',
    localAddresses: [LOCAL],
    localPort,
    remoteAddresses: [LOCAL],
    remotePort,
    reconnect: { firstMs: 50, mostMs: 200 },
  } as const;
  const made = createAssociations(
    { links: [{ role: 'ipa', name: unitName, unitName, ownPointCode, peerPointCode, pingMs: 100, connect }] },
    { log: silentLog, user },
  );
  assert.ok(made.ok);
  assert.ok((await made.value.start()).ok);
  return Object.assign(made.value, { received });
}

/** A port that was free a moment ago: osmo-stp tells its peers apart by the port that they come from. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, LOCAL, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

describe('IPA with osmo-stp', () => {
  const folder = mkdtempSync(join(tmpdir(), 'angarium-ipa-'));
  let stp: ChildProcess;
  let a: Node;
  let b: Node;

  const startStp = (): ChildProcess => spawn('osmo-stp', ['-c', join(folder, 'osmo-stp.cfg')], { stdio: 'ignore' });
  const endStp = async (): Promise<void> => {
    const ended = new Promise((resolve) => stp.once('exit', resolve));
    stp.kill('SIGKILL');
    await ended;
  };

  before(async () => {
    const [remotePort, portA, portB] = [await freePort(), await freePort(), await freePort()];
    writeFileSync(join(folder, 'osmo-stp.cfg'), configuration(remotePort, portA, portB));
    stp = startStp();
    const [ofA, ofB] = [
      { ownPointCode: PC_A, peerPointCode: PC_B },
      { ownPointCode: PC_B, peerPointCode: PC_A },
    ];
    a = await startLink({ unitName: 'unit-a', localPort: portA, remotePort, ...ofA });
    b = await startLink({ unitName: 'unit-b', localPort: portB, remotePort, ...ofB });
  });
  after(async () => {
    await Promise.all([a.stop(500), b.stop(500)]);
    await endStp();
    rmSync(folder, { recursive: true, force: true });
  });

  const areActive = (): boolean => a.links[0]!.state === 'active' && b.links[0]!.state === 'active';
  const message = (userData: Uint8Array): ProtocolData => ({ opc: 0, dpc: 0, si: 3, ni: 0, mp: 0, sls: 0, userData });

  it('links are acknowledged by their unit names', async () => {
    await until('both active', areActive);
  });

  it('SCCP goes both ways, octet for octet, under the point codes of the links', async () => {
    assert.equal(a.links[0]!.transfer(message(UDT)), 'taken');
    assert.equal(b.links[0]!.transfer(message(UDT)), 'taken');
    await until('one each', () => a.received.length === 1 && b.received.length === 1);
    for (const [node, opc, dpc] of [
      [a, PC_B, PC_A],
      [b, PC_A, PC_B],
    ] as const) {
      assert.equal(node.received[0]!.octets, UDT.toString('hex'));
      assert.deepEqual([node.received[0]!.data.opc, node.received[0]!.data.dpc], [opc, dpc]);
    }
  });

  it('PING is answered by PONG', async () => {
    const { counters } = a.links[0]!;
    const [sent, heard] = [counters.controlOut, counters.controlIn];
    await until('three PINGs and as many PONGs', () => counters.controlOut >= sent + 3 && counters.controlIn >= heard + 3);
    assert.equal(counters.associationsLost, 0);
  });

  it('thousands in a row come whole and in order', async () => {
    const before = b.received.length;
    let sent = 0;
    await until('taken', () => {
      while (sent < 5_000) {
        const octets = Uint8Array.from(UDT);
        octets.set([sent >> 8, sent & 0xff], octets.length - 2);
        if (a.links[0]!.transfer(message(octets)) !== 'taken') return false;
        sent++;
      }
      return true;
    });
    await until('all have come', () => b.received.length === before + 5_000);
    b.received.slice(before).forEach(({ octets }, i) => {
      assert.equal(octets.slice(-4), i.toString(16).padStart(4, '0'));
    });
  });

  it('links are made again when osmo-stp has been restarted', async () => {
    await endStp();
    await until('both down', () => a.links[0]!.state === 'down' && b.links[0]!.state === 'down');
    stp = startStp();
    await until('both active', areActive);
    const before = b.received.length;
    a.links[0]!.transfer(message(UDT));
    await until('it has come', () => b.received.length === before + 1);
  });
});
