import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Framer } from './framer.js';
import { Malformed } from './malformed.js';

/** Frames of our tests: two octets of length (themselves counted), then so many octets. A length of 0 cannot be. */
function lengthOf(bytes: Uint8Array, at: number, available: number): number | undefined {
  if (available < 2) return undefined;
  const length = bytes[at]! * 0x100 + bytes[at + 1]!;
  if (length < 2) throw new Malformed(at, 'too short to be a frame');
  return length;
}
const FRAME_MAX = 300;
const frame = (body: Uint8Array): Uint8Array => Uint8Array.from([(body.length + 2) >>> 8, body.length + 2, ...body]);
const joined = (frames: readonly Uint8Array[]): Uint8Array => Uint8Array.from(frames.flatMap((it) => [...it]));

/** What comes out when the stream is fed in pieces of these sizes, round and round. Pieces are reused, as sockets' buffers are. */
function fed(stream: Uint8Array, sizes: readonly number[]): { frames: string[]; error?: string; pending: number } {
  const framer = new Framer(lengthOf, FRAME_MAX);
  const frames: string[] = [];
  let at = 0;
  for (let i = 0; at < stream.length; i++) {
    const piece = stream.slice(at, at + sizes[i % sizes.length]!);
    at += piece.length;
    const cut = framer.push(piece);
    frames.push(...(cut.ok ? cut.value : cut.error.frames).map((it) => Buffer.from(it).toString('hex')));
    piece.fill(0xee);
    if (!cut.ok) return { frames, error: cut.error.text, pending: framer.pending };
  }
  return { frames, pending: framer.pending };
}

describe('a framer', () => {
  it('gives the same frames whatever the sizes of the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60, size: 'max' }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
        fc.nat(10),
        (bodies, sizes, cut) => {
          const frames = bodies.map(frame);
          const stream = joined(frames);
          const { frames: found, pending } = fed(stream.subarray(0, stream.length - Math.min(cut, stream.length)), sizes);
          const whole = cut === 0 || stream.length === 0;
          assert.deepEqual(
            found,
            frames.slice(0, found.length).map((it) => Buffer.from(it).toString('hex')),
          );
          if (whole) assert.equal(found.length, frames.length);
          assert.equal(pending === 0, found.join('').length / 2 === stream.length - Math.min(cut, stream.length));
        },
      ),
    );
  });

  it('gives views into the piece for frames that lie in it', () => {
    const stream = joined([frame(Uint8Array.of(1)), frame(Uint8Array.of(2, 3))]);
    const cut = new Framer(lengthOf, FRAME_MAX).push(stream);
    assert.ok(cut.ok && cut.value.every((it) => it.buffer === stream.buffer));
  });

  it('ends at a bad frame, wherever it begins, with the frames before it and its place in the stream', () => {
    const stream = joined([frame(Uint8Array.of(1)), Uint8Array.of(0, 1, 9, 9)]);
    for (const size of [1, 2, 3, 4, 5, 6, 7]) {
      const { frames, error } = fed(stream, [size]);
      assert.deepEqual(frames, ['000301']);
      assert.equal(error, 'frame at octet 3: too short to be a frame');
    }
  });

  it('refuses a frame above its limit before it has come', () => {
    const framer = new Framer(lengthOf, FRAME_MAX);
    const cut = framer.push(Uint8Array.of(1, 45));
    assert.equal(!cut.ok && cut.error.kind, 'limit');
    const again = framer.push(frame(Uint8Array.of(1)));
    assert.ok(!again.ok && again.error.frames.length === 0);
    assert.ok(new Framer(lengthOf, FRAME_MAX).push(Uint8Array.of(1, 44)).ok);
  });
});
