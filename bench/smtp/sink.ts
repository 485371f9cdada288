/** The far side of a benchmark that sends mail. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Counted } from '../harness/index.js';

const END = Buffer.from('\r\n.\r\n');

/** A server that answers and parses nothing. `at`: its port; absent, one that is free. */
export async function openSink(counted: Counted, at = 0): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ noDelay: true }, (socket) => {
    let isContent = false;
    let begun = 0;
    let tail = Buffer.alloc(0);
    socket.write('220 sink\r\n');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      if (isContent) {
        tail = Buffer.concat([tail, chunk.subarray(-END.length)]).subarray(-END.length);
        if (!tail.equals(END)) return;
        isContent = false;
        counted.count++;
        counted.latency.record((performance.now() - begun) * 1_000);
        socket.write('250 2.6.0 ok\r\n');
        return;
      }
      begun = performance.now();
      const lines = chunk.toString('latin1').split('\r\n').slice(0, -1);
      const answer = (line: string): string =>
        line === 'DATA'
          ? '354 go\r\n'
          : line.startsWith('EHLO')
            ? '250-sink\r\n250-PIPELINING\r\n250 SIZE 10000000\r\n'
            : '250 2.0.0 ok\r\n';
      isContent = lines.at(-1) === 'DATA';
      socket.write(lines.map(answer).join(''));
    });
  });
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', () => resolve()));
  return { server, port: (server.address() as AddressInfo).port };
}
