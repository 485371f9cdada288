/** The examples run as they stand. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

it('examples/first-message sends a picture across and gets its delivery report', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, 'examples/first-message/run.mjs')]);
  assert.match(stdout, /the sender is answered\nm-send-conf .*Ok \(0x80\)/s);
  assert.match(stdout, /saved: .*courier\.png/);
  assert.match(stdout, /m-delivery-ind .*X-Mms-Status: retrieved/s);
  assert.equal(stderr, '');
});
