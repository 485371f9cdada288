/** Objects as people write them, for tests. */
import type { WrittenTable } from './words.js';

export const aPeer = (more: WrittenTable = {}): WrittenTable => ({
  name: 'operator-b',
  domains: ['mms.opb.example'],
  hosts: ['mx.opb.example:2525'],
  identification: { networks: ['192.0.2.0/24'] },
  ...more,
});

export const PASSWORD = 'a password nobody sees';

export const aVasp = (more: WrittenTable = {}): WrittenTable => ({
  name: 'acme',
  'vasp-id': 'acme',
  'short-codes': ['12345'],
  identification: { user: 'acme', passwords: [PASSWORD] },
  ...more,
});

export const aRoute = (more: WrittenTable = {}): WrittenTable => ({
  name: 'to-b',
  match: { prefixes: ['4670'] },
  result: { kind: 'peer', peer: 'operator-b' },
  ...more,
});

export const aSubscriber = (more: WrittenTable = {}): WrittenTable => ({ msisdn: '46700000001', ...more });
export const aMailRule = (more: WrittenTable = {}): WrittenTable => ({ name: 'all', ...more });
