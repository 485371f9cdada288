/** Decoders with one fault each, to see that the fuzzer finds it. They read a length, a type and that many octets. */
import { Departure, octetsOf, type Target } from '../target.js';
import { group, leaf } from '../tree.js';

const HEADER_OCTETS = 2;
/** Kept, so that the collector cannot take it back before it has been measured. */
let claimed: unknown;

const planted = (name: string, read: (length: number, type: number, body: Uint8Array) => void): Target => ({
  name,
  about: 'a decoder with a fault',
  seeds: () => [Uint8Array.of(3, 1, 0x61, 0x62, 0x63), Uint8Array.of(0, 2), Uint8Array.of(5, 7, ...octetsOf('hello'))],
  dictionary: [octetsOf('ab'), Uint8Array.of(0xff, 0xff)],
  structure: (octets) =>
    group('message', [
      leaf('length', octets.subarray(0, 1)),
      leaf('type', octets.subarray(1, 2)),
      leaf('body', octets.subarray(2)),
    ]),
  run(octets) {
    if (octets.length >= HEADER_OCTETS) read(octets[0]!, octets[1]!, octets.subarray(HEADER_OCTETS));
  },
});

/** The length with which the second one loops. */
const LOOPING = 0x1f;

export const PLANTED: readonly Target[] = [
  planted('sound', () => {}),
  planted('throws', (_length, _type, body) => {
    if (body.includes(0x9b)) (undefined as unknown as { read(): void }).read();
  }),
  planted('loops', (length, type) => {
    let left = length;
    while (left > 0) left -= length === LOOPING && type !== 0xee ? 0 : 1;
  }),
  planted('allocates', (length, type) => {
    claimed = new Uint8Array(type === 7 && length > 0x80 ? length * 65_536 : length);
  }),
  planted('departs', (length, type, body) => {
    if (type === 0x42 && body.length < length)
      throw new Departure('the body is as long as was said', `${body.length} of ${length}`);
  }),
  planted('slow', (length) => {
    let sum = 0;
    if (length === 0xff) for (let i = 0; i < SLOW_ROUNDS; i++) sum += Math.sqrt(i);
    claimed = sum;
  }),
  planted('dies', (_length, type, body) => {
    if (type === 0xfe && body.length > 5) process.kill(process.pid, 'SIGKILL');
  }),
  planted('keeps', (_length, _type, body) => {
    kept.push(body.slice().fill(1), new Array<number>(KEPT_NUMBERS).fill(0.5));
  }),
];

/** Half a second or so. */
const SLOW_ROUNDS = 400_000_000;
/** 8 KB an input. */
const KEPT_NUMBERS = 1_000;
const kept: unknown[] = [];

export const lastClaim = (): unknown => claimed;
