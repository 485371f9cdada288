/**
 * DATA relayed between two TCP associations of one process: framing, the conversation and its fast doors, counters, one write a turn. The baseline
 * frames and copies the same octets without knowing M3UA. What a decision costs on top is measured elsewhere.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AS_STATE, createM3uaFramer, decodeM3ua, encodeM3ua, type M3uaMessage } from '#codec/m3ua';
import { type Bench, Histogram, type Row, readUsage, runAlone, startProcess } from './harness/index.js';

const SECONDS = 6;
const SECONDS_SMOKE = 0.4;
/** Messages that are on their way at most, for the rate: some pieces of 64 KiB on each stretch. */
const IN_FLIGHT = 8_000;
const BATCH = 400;
/** Messages a second, for the delay: the reach of issue 4. */
const PACED_RATE = 20_000;
const TICK_MS = 1;
/** An MO-FSM in a UDT. Unit: octets. */
const USER_DATA_OCTETS = 125;

const dataTo = (routingContext: number): Uint8Array =>
  encodeM3ua({
    kind: 'DATA',
    routingContext: [routingContext],
    protocolData: { opc: 2057, dpc: 4114, si: 3, ni: 2, mp: 0, sls: 5, userData: new Uint8Array(USER_DATA_OCTETS) },
  });
const template = dataTo(1);
/** Where the user data begins: common header, routing context, label. */
const STAMP_AT = 32;

/** A peer that becomes active and then counts what comes, by length alone: cheap enough to outrun the relay. */
class Peer {
  readonly socket: Socket;
  onMessage: ((bytes: Buffer, at: number) => void) | undefined;
  private rest: Buffer = Buffer.alloc(0);
  private isCounting = false;
  private readonly framer = createM3uaFramer();
  private onControl: ((message: M3uaMessage) => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (piece) => this.read(piece));
  }

  static async join(port: number, identifier: number, speaksM3ua: boolean): Promise<Peer> {
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    const peer = new Peer(socket);
    if (!speaksM3ua) {
      peer.isCounting = true;
      // The one that connects first is read: it must have been taken before the next one comes.
      await new Promise((resolve) => setTimeout(resolve, 50));
      return peer;
    }
    const active = new Promise<void>((resolve) => {
      peer.onControl = (message) => {
        if (message.kind === 'NTFY' && message.status.information === AS_STATE.active) resolve();
      };
    });
    peer.say({ kind: 'ASPUP', aspIdentifier: identifier }, { kind: 'ASPAC', routingContext: [identifier] });
    await active;
    peer.isCounting = true;
    return peer;
  }

  private say(...messages: readonly M3uaMessage[]): void {
    for (const message of messages) this.socket.write(encodeM3ua(message));
  }

  private listen(piece: Buffer): void {
    const cut = this.framer.push(piece);
    for (const octets of cut.ok ? cut.value : []) {
      const decoded = decodeM3ua(octets);
      if (decoded.ok) this.onControl?.(decoded.value);
    }
  }

  private read(piece: Buffer): void {
    if (!this.isCounting) {
      this.listen(piece);
      return;
    }
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    let at = 0;
    while (bytes.length - at >= template.length) {
      this.onMessage?.(bytes, at);
      at += template.length;
    }
    this.rest = bytes.subarray(at);
  }
}

interface Figures {
  readonly rate: number;
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function measure(mode: 'm3ua' | 'bare', seconds: number): Promise<Figures> {
  const script = fileURLToPath(new URL('./associations/relay.js', import.meta.url));
  const relay = await startProcess(process.execPath, [script, mode], /ready (\d+)/);
  try {
    const port = Number(relay.ready[1]);
    const one = await Peer.join(port, 1, mode === 'm3ua');
    const two = await Peer.join(port, 2, mode === 'm3ua');
    await flood(one, two, seconds / 3);
    const before = readUsage(relay.pid).cpuMs;
    const { count, ms } = await flood(one, two, seconds);
    const cpuMs = readUsage(relay.pid).cpuMs - before;
    const delays = await pace(one, two, seconds);
    one.socket.destroy();
    two.socket.destroy();
    return {
      rate: (count * 1000) / ms,
      cpuMicroseconds: (cpuMs * 1000) / count,
      p50Ms: delays.percentile(50) / 1000,
      p99Ms: delays.percentile(99) / 1000,
    };
  } finally {
    await relay.stop();
  }
}

/** Keeps so many under way for so long; resolves when the last has come. */
function flood(one: Peer, two: Peer, seconds: number): Promise<{ count: number; ms: number }> {
  const batch = Buffer.concat(Array.from({ length: BATCH }, () => template));
  let sent = 0;
  let come = 0;
  const begun = performance.now();
  const end = begun + seconds * 1000;
  return new Promise((resolve) => {
    const send = (): void => {
      while (sent - come <= IN_FLIGHT - BATCH && performance.now() < end) {
        one.socket.write(batch);
        sent += BATCH;
      }
    };
    two.onMessage = () => {
      come++;
      if (come % BATCH === 0) send();
      if (come === sent && performance.now() >= end) resolve({ count: come, ms: performance.now() - begun });
    };
    send();
  });
}

/** Sends at a steady rate; each message carries when it was meant to go, so that a generator that comes late does not hide a delay. */
function pace(one: Peer, two: Peer, seconds: number): Promise<Histogram> {
  const delays = new Histogram();
  const perTick = (PACED_RATE * TICK_MS) / 1000;
  const ticks = Math.ceil((seconds * 1000) / TICK_MS);
  const begun = performance.now();
  let tick = 0;
  let come = 0;
  return new Promise((resolve) => {
    two.onMessage = (bytes, at) => {
      delays.record((performance.now() - bytes.readDoubleBE(at + STAMP_AT)) * 1000);
      if (++come === ticks * perTick) resolve(delays);
    };
    const send = (): void => {
      const now = performance.now();
      for (; tick < ticks && begun + tick * TICK_MS <= now; tick++) {
        const batch = Buffer.concat(Array.from({ length: perTick }, () => template));
        for (let i = 0; i < perTick; i++) batch.writeDoubleBE(begun + tick * TICK_MS, i * template.length + STAMP_AT);
        one.socket.write(batch);
      }
      if (tick < ticks) setImmediate(send);
    };
    send();
  });
}

const figuresOf = ({ rate, cpuMicroseconds, p50Ms, p99Ms }: Figures): Row['figures'] => ({
  'rate/s': rate,
  'CPU µs/msg': cpuMicroseconds,
  'p50 ms at 20,000/s': p50Ms,
  'p99 ms at 20,000/s': p99Ms,
});

export const bench: Bench = {
  name: `associations: DATA of ${template.length} octets from one TCP association to another`,
  async run({ smoke }) {
    const seconds = smoke ? SECONDS_SMOKE : SECONDS;
    const bare = await measure('bare', seconds);
    const whole = await measure('m3ua', seconds);
    return [
      { benchmark: 'octets framed and copied, no M3UA', figures: figuresOf(bare), note: 'the baseline' },
      {
        benchmark: 'M3UA on both sides',
        figures: figuresOf(whole),
        reach: '10 µs of CPU for the whole way through the gate, of which this is the part without the decision; p99 1 ms',
        baseline: `${bare.cpuMicroseconds.toFixed(2)} µs`,
        note: 'the delay is from when a message was meant to be sent, generator and its core included',
      },
    ];
  },
};

await runAlone(bench, import.meta.url);
