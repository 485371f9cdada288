/** A program's operator API over a store of objects, for journeys of the command line. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { silentLog, silentMeter } from '#base';
import type { ObjectStore } from '#directory';
import { startOperatorApi } from '#operator';
import { openObjectStore } from '#store/objects';
import { type Ran, removeFolder, runCli, temporaryFolder } from './program.js';

export interface ObjectsBed {
  readonly objects: ObjectStore;
  /** A path in the folder that commands run in. */
  file(name: string): string;
  /** Runs the command line against the API. */
  run(...args: readonly string[]): Promise<Ran>;
  close(): Promise<void>;
}

/** Two far sides and a route between them. */
export const OBJECTS = `
[[peer]]
name = "operator-b"
domains = ["mms.opb.example"]
hosts = ["mx.opb.example"]

[peer.identification]
networks = ["192.0.2.0/24"]
user = "opb"
password = { file = "opb-password" }

[[vasp]]
name = "acme"
vasp-id = "acme"
short-codes = ["12345"]

[vasp.identification]
user = "acme"
passwords = [{ file = "acme-password" }]

[[route]]
name = "to-b"
match = { prefixes = ["4670"] }
result = { kind = "peer", peer = "operator-b" }
`;

/** Answers as a program with one peer that rests would. */
export async function objectsBed(): Promise<ObjectsBed> {
  const folder = temporaryFolder();
  const socket = join(folder, 'operator.sock');
  const file = (name: string): string => join(folder, name);

  const objects = await openObjectStore({ folder: file('objects') }, { now: () => Date.UTC(2026, 0, 1), log: silentLog });
  const api = await startOperatorApi(
    { socket, hosts: [], origins: [] },
    {
      messages: { history: async () => undefined, list: async () => [] },
      objects,
      status: async () => assert.fail('nobody asks'),
      roads: {
        roads: async () => [
          { road: 'peer:operator-b', waiting: 3, awaiting: 0, underWay: 0, state: 'resting', reason: 'no\u001b[31m connection' },
        ],
        waitingFor: async () => [],
        actOnRoad: async () => ({ done: 3 }),
      },
      testPeer: async (_, recipient) => ({
        ok: recipient !== undefined,
        text: recipient === undefined ? 'refused' : 'it takes the recipient',
        dialogue: [
          { from: 'us', text: 'RCPT TO:<system-user@mms.opb.example>' },
          { from: 'them', text: '250 ok' },
        ],
      }),
      log: silentLog,
      meter: silentMeter,
    },
  );
  return {
    objects,
    file,
    run: (...args) => runCli([...args, '--socket', socket], { cwd: folder }),
    close: async () => {
      await api.close();
      await objects.close();
      removeFolder(folder);
    },
  };
}
