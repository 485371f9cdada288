// Needs: chromium
/**
 * The codec as a library in a browser: a bundle of it, loaded by headless Chromium, decodes every PDU and push of the corpus, and finds
 * what it finds in Node and what the manifest says.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild-wasm';
import { openBrowser } from './chromium/browser.js';
import { outcomeOf, type Shown } from './chromium/outcome.js';

/** From the start of the browser to the page's result. Unit: milliseconds. */
const PAGE_MS = 120_000;

interface Entry {
  readonly file: string;
  readonly expect: 'value' | { readonly error: string } | { readonly bodyError: string };
  readonly pdu?: string;
  readonly headers?: { readonly subject?: { readonly text: string }; readonly to?: readonly string[] };
  readonly parts?: readonly Shown[];
}
interface Outcome {
  readonly error?: { readonly kind: string };
  readonly pdu?: { readonly kind: string; readonly subject?: string; readonly to?: readonly string[] };
  readonly parts?: {
    readonly ok: boolean;
    readonly value?: readonly { readonly data: Shown }[];
    readonly error?: { kind: string };
  };
}
interface PageResult {
  readonly node: readonly string[];
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Its User-Agent header, added by the server. */
  readonly agent: string | undefined;
}

const CORPUS = new URL('../../../test/corpus/mms-pdus/', import.meta.url);
/** A script that does not even load tells of it as well. */
const HTML = `<script>
  addEventListener('error', (e) => fetch('/failure', { method: 'POST', body: JSON.stringify(String(e.message ?? 'a script is missing')) }), true);
</script>
<script type="module" src="/page.js"></script>`;
const octetsOf = (file: string): Buffer => readFileSync(new URL(file, CORPUS));
const { entries } = JSON.parse(octetsOf('manifest.json').toString()) as { entries: readonly Entry[] };
const files = readdirSync(CORPUS, { recursive: true })
  .map(String)
  .filter((name) => /\.(mms|wsp)$/.test(name))
  .sort();

/** The page and the library as one script; `imports`: what it would load besides. Throws when a module cannot be found. */
function bundle(): { readonly code: string; readonly imports: readonly string[] } {
  const { outputFiles, metafile, warnings } = buildSync({
    entryPoints: [fileURLToPath(new URL('chromium/page.js', import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    metafile: true,
    write: false,
    outfile: 'page.js',
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  return { code: outputFiles[0]!.text, imports };
}

/** Serves page, script and corpus on loopback; `result` is what the page posts. */
function serve(script: string): { readonly server: Server; readonly result: Promise<PageResult> } {
  const { promise, resolve, reject } = deferred<PageResult>();
  const server = createServer(async (request, response) => {
    const { url = '' } = request;
    if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const said: unknown = JSON.parse(Buffer.concat(chunks).toString());
      response.end();
      if (url === '/result') resolve({ ...(said as PageResult), agent: request.headers['user-agent'] });
      else reject(new Error(`the page says: ${said}`));
    } else if (url === '/') response.setHeader('content-type', 'text/html').end(HTML);
    else if (url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
    else if (url === '/files') response.end(JSON.stringify(files));
    else if (files.includes(url.replace('/files/', ''))) response.end(octetsOf(url.replace('/files/', '')));
    else response.writeHead(404).end();
  });
  return { server, result: promise };
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

async function decodeInBrowser(script: string): Promise<PageResult> {
  const { server, result } = serve(script);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const browser = await openBrowser(`http://127.0.0.1:${port}/`);
  let timer: NodeJS.Timeout | undefined;
  const failure = Promise.race([
    browser.ended.then(() => 'the browser ended before its page was done'),
    new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no result within ${PAGE_MS} ms`), PAGE_MS);
    }),
  ]);
  try {
    return await Promise.race([
      result,
      failure.then((why) => {
        throw new Error(`${why}:\n${browser.output()}`);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

describe('a bundle of the library in headless Chromium', () => {
  let script: ReturnType<typeof bundle>;
  let page: PageResult;
  before(async () => {
    script = bundle();
    page = await decodeInBrowser(script.code);
  });

  it('imports nothing', () => {
    assert.deepEqual(script.imports, []);
    assert.ok(!/['"`]node:|\brequire\(/.test(script.code));
  });

  it('runs where nothing of Node is', () => {
    assert.match(page.agent ?? '', /Chrome\//);
    assert.deepEqual(page.node, []);
  });

  it('sees every file of the corpus', () => {
    assert.ok(files.length > 100 && entries.length > 80);
    assert.deepEqual(Object.keys(page.outcomes).sort(), files);
  });

  for (const file of files)
    it(`reads ${file} as Node does`, async () => {
      // Compared as JSON: that is how the page's answer travels.
      assert.deepEqual(page.outcomes[file], JSON.parse(JSON.stringify(await outcomeOf(file, octetsOf(file)))));
    });

  for (const entry of entries)
    it(`finds in ${entry.file} what the manifest has`, () => {
      const found = page.outcomes[entry.file]!;
      if (typeof entry.expect === 'object' && 'error' in entry.expect) {
        assert.equal(found.error?.kind, entry.expect.error);
        return;
      }
      assert.equal(found.pdu?.kind, entry.pdu);
      assert.equal(found.pdu?.subject, entry.headers?.subject?.text);
      if (entry.headers?.to !== undefined) assert.deepEqual(found.pdu?.to, entry.headers.to);
      if (typeof entry.expect === 'object') assert.equal(found.parts?.error?.kind, entry.expect.bodyError);
      // A body that is no multipart is one part, which the manifest does not list.
      else if (entry.parts !== undefined && entry.parts.length > 0)
        assert.deepEqual(
          found.parts?.value?.map(({ data }) => data),
          entry.parts.map(({ length, sha256 }) => ({ length, sha256 })),
        );
    });
});
