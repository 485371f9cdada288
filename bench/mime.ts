/**
 * What MIME costs on the roads MM4 and MM3: a message of 50 KB (SMIL, a text and a picture) read and made content, and content made a message
 * and written. Each case runs alone, after a warm-up, in batches; p50 and p99 are of the batches' means.
 */
import { contentToMime, leafParts, mimeToContent, readMessage, writeMessage } from '#codec/mime';
import { encodeContent } from '#codec/mms';
import { type Bench, type Row, runAlone } from './harness/index.js';

const BATCH_CALLS = 20;
const WARM_UP_CALLS = 2_000;
const WARM_UP_CALLS_SMOKE = 20;
/** For each case. */
const SECONDS = 2;
const SECONDS_SMOKE = 0.05;
const PICTURE_OCTETS = 50_000;

/** Octets that no encoding finds easy, the same every time. */
function picture(): Uint8Array {
  const octets = new Uint8Array(PICTURE_OCTETS);
  let state = 1;
  for (let i = 0; i < octets.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    octets[i] = state >>> 24;
  }
  return octets;
}

const CONTENT = encodeContent(
  [
    {
      contentType: { media: 'application/smil', parameters: { charset: 'utf-8', name: 's.smil' } },
      contentId: '<s.smil>',
      contentLocation: 's.smil',
      data: new TextEncoder().encode('<smil><body><par><img src="p.jpg"/><text src="t.txt"/></par></body></smil>'),
    },
    {
      contentType: { media: 'image/jpeg', parameters: { name: 'p.jpg' } },
      contentId: '<p.jpg>',
      contentLocation: 'p.jpg',
      data: picture(),
    },
    {
      contentType: { media: 'text/plain', parameters: { charset: 'utf-8', name: 't.txt' } },
      contentLocation: 't.txt',
      data: new TextEncoder().encode('Grüße aus Saint-Tropez'),
    },
  ],
  { media: 'application/vnd.wap.multipart.related', parameters: { type: 'application/smil', start: '<s.smil>' } },
);

function expectOk<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly text: string } },
): T {
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
}

const write = (transport: '7bit' | 'binary') =>
  expectOk(writeMessage({ fields: [], body: expectOk(contentToMime(CONTENT, { transport })) }, transport));

const MAIL = new Uint8Array(Buffer.concat(write('7bit').pieces));

const CASES: Readonly<Record<string, () => unknown>> = {
  'read a message, parts as views': () => leafParts(expectOk(readMessage(MAIL))),
  'read a message, to content': () => expectOk(mimeToContent(expectOk(readMessage(MAIL)))),
  'write content as a message, 7bit': () => write('7bit'),
  'write content as a message, binary': () => write('binary'),
};

function measure(run: () => unknown, smoke: boolean): Row['figures'] {
  for (let i = 0; i < (smoke ? WARM_UP_CALLS_SMOKE : WARM_UP_CALLS); i++) run();
  const means: number[] = [];
  const end = performance.now() + 1000 * (smoke ? SECONDS_SMOKE : SECONDS);
  while (performance.now() < end || means.length === 0) {
    const start = performance.now();
    for (let i = 0; i < BATCH_CALLS; i++) run();
    means.push(((performance.now() - start) * 1000) / BATCH_CALLS);
  }
  means.sort((a, b) => a - b);
  return { 'p50 µs/op': means[Math.floor(means.length / 2)]!, 'p99 µs/op': means[Math.floor(means.length * 0.99)]! };
}

export const bench: Bench = {
  name: 'MIME: a message of 50 KB',
  run({ smoke }) {
    return Promise.resolve(
      Object.entries(CASES).map(([benchmark, run]): Row => ({ benchmark, figures: measure(run, smoke), baseline: 'none' })),
    );
  },
};

await runAlone(bench, import.meta.url);
