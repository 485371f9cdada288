import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { request as tlsRequest } from 'node:https';
import { describe, it } from 'node:test';
import { silentLog, silentMeter } from '#base';
import { encodePacket } from '#codec/mm7';
import { createMm7Carrier } from './carrier.js';
import { ACME, AUTHORITY, EVE, MMSC, SELF } from './certificates.contract.js';
import { aDirectory, aVasp, BASIC, CONTENT, NOW, PASSWORD, REL6, submitReq, withMm7 } from './fixtures.contract.js';

interface Client {
  readonly key: string;
  readonly cert: string;
}

/** Posts a SubmitReq over TLS; gives the HTTP status. */
function submitTls(port: number, client: Client | undefined, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const packet = encodePacket({ transactionId: 't-1', message: submitReq() }, REL6, CONTENT);
  return new Promise((resolve, reject) => {
    const request = tlsRequest(
      {
        host: '127.0.0.1',
        port,
        path: '/mm7',
        method: 'POST',
        ca: AUTHORITY,
        agent: false,
        headers: { 'Content-Type': packet.contentType, 'Content-Length': String(packet.octets), ...headers },
        ...client,
      },
      (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)),
    );
    request.on('error', reject);
    for (const piece of packet.pieces) request.write(piece);
    request.end();
  });
}

const tls = { ...MMSC, clientAuthorities: AUTHORITY };
const fingerprint = new X509Certificate(ACME.cert).fingerprint256.replaceAll(':', '').toLowerCase();

describe('MM7 over TLS', () => {
  for (const [by, certificates] of [
    ['a name in it', ['vas.acme.example']],
    ['its fingerprint', [fingerprint]],
  ] as const)
    it(`knows a provider by its certificate alone: by ${by}, and nobody else by his`, async () =>
      withMm7(
        { config: { tls }, vasps: [aVasp({ identification: { method: 'none', certificates } })] },
        async ({ port, script }) => {
          assert.equal(await submitTls(port, ACME), 200);
          assert.equal(await submitTls(port, EVE), 401);
          assert.equal(await submitTls(port, SELF), 401, 'a certificate that nobody believed has signed');
          assert.equal(await submitTls(port, undefined), 401);
          assert.equal(script.submissions.length, 1);
        },
      ));

  it('wants the certificate beside the password where both are given', async () => {
    const identification = { user: 'acme', passwords: [PASSWORD], certificates: ['vas.acme.example'] };
    await withMm7({ config: { tls }, vasps: [aVasp({ identification })] }, async ({ port }) => {
      const login = { Authorization: BASIC };
      assert.equal(await submitTls(port, ACME, login), 200);
      assert.equal(await submitTls(port, EVE, login), 401);
      assert.equal(await submitTls(port, undefined, login), 401);
      assert.equal(await submitTls(port, ACME), 401);
    });
  });

  it('does not call a provider whose certificate no believed authority has signed', async () =>
    withMm7({ config: { tls } }, async ({ port }) => {
      const url = `https://127.0.0.1:${port}/mm7`;
      const reason = async (delivery: Readonly<Record<string, unknown>>): Promise<string> => {
        const directory = aDirectory(aVasp({ delivery: { url, ...delivery } }));
        const carrier = createMm7Carrier('mmsc.example', { directory, log: silentLog, meter: silentMeter, now: () => NOW });
        const origin = { interface: 'mm7', vasp: 'acme', transactionId: 't' } as const;
        const report = {
          key: 'r',
          messageId: 'm',
          recipient: { kind: 'short-code', code: '1' },
          to: { kind: 'short-code', code: '12345' },
          origin,
          content: { kind: 'read', status: 'read' },
          at: NOW,
          dueAt: NOW,
          attempts: 0,
          expiresAt: NOW,
          revision: 1,
        };
        const outcome = await carrier.report({ origin, transactionId: 'r', attempt: 1, report: report as never });
        await carrier.close();
        return outcome.kind === 'deferred' ? outcome.reason : outcome.kind;
      };
      assert.match(await reason({}), /^the call failed: [A-Z_]*(CERT|SIGNATURE|ISSUER)/);
      // With the authority the call gets through: a relay asks a relay for its login, and that puts off, but refuses nothing.
      assert.equal(await reason({ authorities: AUTHORITY }), 'HTTP 401');
    }));
});
