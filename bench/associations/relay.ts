/**
 * The program under test: what comes from one peer goes to the other. `m3ua`: a gateway with two application servers, the whole conversation.
 * `bare`: the same octets framed and written on, and nothing else. Says `ready PORT`.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createAssociations, type Link } from '#association';
import { silentLog } from '#base';
import { createM3uaFramer } from '#codec/m3ua';

const LOCAL = '127.0.0.1';
const QUEUE_OCTETS = 16 * 1024 * 1024;

async function m3ua(): Promise<number> {
  let out: Link | undefined;
  const server = (name: string, routingContext: number) =>
    ({ role: 'gateway', name, routingContext, trafficMode: 'override', peers: [name] }) as const;
  const made = createAssociations(
    {
      listeners: [
        { name: 'in', transport: 'tcp', protocol: 'm3ua', localAddresses: [LOCAL], port: 0, queueOctetsMax: QUEUE_OCTETS },
      ],
      gateway: {
        peers: [
          { name: 'one', listener: 'in', match: { aspIdentifier: 1 } },
          { name: 'two', listener: 'in', match: { aspIdentifier: 2 } },
        ],
        // The generator tells messages apart by their length alone.
        beatMs: 0,
      },
      links: [server('one', 1), server('two', 2)],
    },
    {
      log: silentLog,
      user: {
        onTransfer: (_, data) => void out!.transfer(data),
        onState: () => {},
        onDestination: () => {},
        onUndeliverable: () => {},
      },
    },
  );
  if (!made.ok) throw new Error(made.error.text);
  out = made.value.link('two');
  const started = await made.value.start();
  if (!started.ok) throw new Error(started.error.text);
  return made.value.listening.get('in')!.port;
}

/** The first connection is read, the second written to. */
function bare(): Promise<number> {
  let source: Socket | undefined;
  let target: Socket | undefined;
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    if (source !== undefined) {
      target = socket;
      return;
    }
    source = socket;
    const framer = createM3uaFramer();
    socket.on('data', (piece) => {
      const out = Buffer.allocUnsafe(framer.pending + piece.length);
      let used = 0;
      framer.each(piece, (bytes, at, end) => {
        out.set(bytes.subarray(at, end), used);
        used += end - at;
        return true;
      });
      if (target?.write(out.subarray(0, used)) !== false) return;
      socket.pause();
      target.once('drain', () => socket.resume());
    });
  });
  return new Promise((resolve) => {
    server.listen(0, LOCAL, () => resolve((server.address() as AddressInfo).port));
  });
}

console.log(`ready ${await (process.argv[2] === 'bare' ? bare() : m3ua())}`);
