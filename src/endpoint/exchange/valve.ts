/**
 * Stands in a TCP connection and can cut it, or stop reading one side of it: how the laboratory plays a lost association and a closed window,
 * whatever conversation runs on it.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  /** Towards the place that we play, and towards the gate. */
  readonly inner: Socket;
  readonly outer: Socket;
}

export class Valve {
  private readonly server: Server;
  private readonly pairs = new Set<Pair>();
  private state: 'open' | 'cut' | 'closed-window' = 'open';
  private readonly to: { readonly host: string; readonly port: number };

  private constructor(to: { readonly host: string; readonly port: number }) {
    this.to = to;
    this.server = createServer((inner) => this.join(inner));
  }

  /** Listens on a loopback port of the system's choice. */
  static async open(host: string, port: number): Promise<Valve> {
    const valve = new Valve({ host, port });
    valve.server.listen(0, '127.0.0.1');
    await once(valve.server, 'listening');
    return valve;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** `cut`: what is open is destroyed, and nothing new comes through. `closed-window`: nothing is read of what the gate sends. */
  set(state: 'open' | 'cut' | 'closed-window'): void {
    this.state = state;
    for (const pair of this.pairs) {
      if (state === 'cut') destroy(pair);
      else if (state === 'closed-window') pair.outer.pause();
      else pair.outer.resume();
    }
  }

  private join(inner: Socket): void {
    inner.on('error', () => {});
    if (this.state === 'cut') {
      inner.destroy();
      return;
    }
    const outer = connect(this.to);
    const pair = { inner, outer };
    this.pairs.add(pair);
    inner.setNoDelay();
    outer.setNoDelay();
    outer.on('error', () => {});
    inner.on('data', (octets) => {
      if (!outer.write(octets)) inner.pause();
    });
    outer.on('data', (octets) => {
      if (!inner.write(octets)) outer.pause();
    });
    outer.on('drain', () => inner.resume());
    inner.on('drain', () => {
      if (this.state !== 'closed-window') outer.resume();
    });
    for (const end of [inner, outer])
      end.on('close', () => {
        destroy(pair);
        this.pairs.delete(pair);
      });
    if (this.state === 'closed-window') outer.pause();
  }

  async close(): Promise<void> {
    for (const pair of this.pairs) destroy(pair);
    this.server.close();
    await once(this.server, 'close');
  }
}

function destroy({ inner, outer }: Pair): void {
  inner.destroy();
  outer.destroy();
}
