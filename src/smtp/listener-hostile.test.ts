/** Clients that mean harm, or know no better: the listener holds out, and says why where there is anybody to tell. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { MSC, OTHER, STP } from '../association/certificates.contract.js';
import { type Testbed, withListener } from './listener.contract.js';

/** So long as the listener's looks at its connections may take. Unit: milliseconds. */
const LOOKS_MS = LIMITS.smtpLookMs * 2;

async function inContent(bed: Testbed) {
  const client = await bed.greeted();
  await client.ask('MAIL FROM:<a@x.example>');
  await client.ask('RCPT TO:<b@here.example>');
  assert.match((await client.ask('DATA'))!, /^354/);
  return client;
}

describe('SMTP smuggling', () => {
  const HIDDEN = 'MAIL FROM:<evil@x.example>\r\nRCPT TO:<c@here.example>\r\nDATA\r\nforged\r\n.\r\n';
  for (const sequence of ['\n.\n', '\n.\r\n', '\r.\r', '\r.\r\n', '\r\n.\n', '\r\n.\r', '\r\n.\r\r\n', '\n\n.\r\n', '\n.\r\r\n'])
    it(`delivers nothing that is hidden behind ${JSON.stringify(sequence)}, and ends the connection`, async () => {
      await withListener({}, {}, async (bed) => {
        const client = await inContent(bed);
        for (const octet of `x${sequence}${HIDDEN}`) client.octets(octet);
        assert.equal(await client.reply(), '554 5.6.0 bare CR or LF in content');
        assert.equal(await client.ended(), '');
        assert.equal(bed.taken.length, 0);
        assert.match(bed.log.join('\n'), /bare CR or LF in content: refused/);
      });
    });

  it('takes one mail, with everything in it, from a peer whose bare line ends are normalised', async () => {
    const identify = () => ({ peer: 'a', name: 'a', bareLineEnds: 'normalise' as const });
    await withListener({}, { identify }, async (bed) => {
      const client = await inContent(bed);
      client.octets('x\n.\r\nMAIL FROM:<evil@x.example>\r\n.\r\n');
      assert.match((await client.reply())!, /^250/);
      assert.deepEqual(
        bed.taken.map((it) => it.content),
        ['x\r\n.\r\nMAIL FROM:<evil@x.example>\r\n'],
      );
    });
  });

  for (const [name, line] of [
    ['ends with LF alone', 'MAIL FROM:<a@x.example>\n'],
    ['holds a bare CR', 'MAIL FROM:<a@x.example>\rRCPT TO:<b@here.example>\r\n'],
    ['holds NUL', 'MAIL FROM:<a\0@x.example>\r\n'],
    ['is longer than any command', `NOOP ${'x'.repeat(LIMITS.smtpCommandOctetsMax)}\r\n`],
    ['never ends', 'x'.repeat(LIMITS.smtpCommandOctetsMax + 1)],
    ['is HTTP', 'POST / HTTP/1.1\r\n'],
  ] as const)
    it(`ends the connection when a command line ${name}`, async () => {
      await withListener({}, {}, async ({ greeted }) => {
        const client = await greeted();
        client.octets(line);
        assert.match((await client.reply())!, /^500 5\.5\.2/);
        assert.equal(await client.ended(), '');
      });
    });

  for (const [verb, group] of [
    ['DATA', 'MAIL FROM:<a@x.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\nx\r\n.\r\n'],
    ['EHLO', 'EHLO a\r\nMAIL FROM:<a@x.example>\r\n'],
    ['STARTTLS', 'STARTTLS\r\nMAIL FROM:<a@x.example>\r\n'],
    ['AUTH', 'AUTH PLAIN\r\nAGEAYg==\r\n'],
  ] as const)
    it(`ends the connection of a client that goes on behind ${verb} without waiting`, async () => {
      await withListener({}, {}, async ({ greeted, taken }) => {
        const client = await greeted();
        client.octets(group);
        let last: string | undefined;
        for (let reply = await client.reply(); reply !== undefined; reply = await client.reply()) last = reply;
        assert.equal(last, '503 5.5.0 improper pipelining');
        assert.equal(taken.length, 0);
      });
    });
});

describe('Bounds of the listener', () => {
  it('refuses content beyond the size at MAIL, and in DATA once it has come whole', async () => {
    await withListener({ limits: { sizeMax: 1_000 } }, {}, async (bed) => {
      const client = await bed.greeted();
      assert.equal(await client.ask('MAIL FROM:<a@x.example> SIZE=1001'), '552 5.3.4 message too large');
      assert.match((await client.ask('MAIL FROM:<a@x.example> SIZE=10'))!, /^250/);
      await client.ask('RCPT TO:<b@here.example>');
      await client.ask('DATA');
      client.octets(`${'x'.repeat(2_000)}\r\n.\r\n`);
      assert.equal(await client.reply(), '552 5.3.4 message too large');
      assert.equal(bed.listener.contentOctets, 0);
      assert.match((await client.ask('MAIL FROM:<a@x.example>'))!, /^250/);
      assert.equal(bed.taken.length, 0);
    });
  });

  it('does not listen for ever to content that it has refused', async () => {
    await withListener({ limits: { sizeMax: 1_000 } }, {}, async (bed) => {
      const client = await inContent(bed);
      client.octets('x'.repeat(LIMITS.smtpContentTrustOctets + 10_000));
      assert.equal(await client.reply(), '552 5.3.4 message too large');
      await client.ended();
    });
  });

  it('answers 452 when there is no room for content, and takes it when there is again', async () => {
    await withListener({ limits: { contentOctetsMax: 100_000 } }, {}, async (bed) => {
      const first = await inContent(bed);
      assert.equal(bed.listener.contentOctets, LIMITS.smtpContentFirstOctets);
      const second = await bed.greeted();
      assert.match((await second.ask('MAIL FROM:<a@x.example> SIZE=90000'))!, /^452 4\.3\.1/);
      assert.match((await second.ask('MAIL FROM:<a@x.example>'))!, /^250/);
      await second.ask('RCPT TO:<b@here.example>');
      assert.match((await second.ask('DATA'))!, /^452 4\.3\.1/);
      first.octets('x\r\n.\r\n');
      assert.match((await first.reply())!, /^250/);
      await second.ask('MAIL FROM:<a@x.example>');
      await second.ask('RCPT TO:<b@here.example>');
      assert.match((await second.ask('DATA'))!, /^354/);
      second.reset();
      while (bed.listener.contentOctets > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  });

  it('turns away, at once and with a word, connections beyond its bounds', async () => {
    await withListener({ limits: { connectionsMax: 1 } }, {}, async ({ greeted, dial, listener }) => {
      await greeted();
      const client = await dial();
      assert.match((await client.reply())!, /^421 4\.3\.2 too many connections/);
      await client.ended();
      assert.equal(listener.counters.connectionsRefused, 1);
    });
    await withListener(
      { limits: { connectionsMax: 2, connectionsPerAddressMax: 1 } },
      {},
      async ({ greeted, dial, listener }) => {
        const first = await greeted();
        for (let i = 0; i < 3; i++) await (await dial()).reply();
        await first.ask('QUIT');
        await first.ended();
        while (listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
        assert.match((await (await dial()).reply())!, /^220/, 'who is turned away takes nobody a place');
      },
    );
    await withListener({ limits: { connectionsPerAddressMax: 1 } }, {}, async ({ greeted, dial, listener }) => {
      const first = await greeted();
      assert.match((await (await dial()).reply())!, /^421 4\.7\.0 too many connections from this address/);
      await first.ask('QUIT');
      await first.ended();
      while (listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.match((await (await dial()).reply())!, /^220/);
    });
    await withListener({ limits: { connectsPerMinuteMax: 2 } }, {}, async ({ dial, time }) => {
      assert.match((await (await dial()).reply())!, /^220/);
      assert.match((await (await dial()).reply())!, /^220/);
      assert.match((await (await dial()).reply())!, /^421 4\.7\.0 too many new connections/);
      time.now += 120_000;
      assert.match((await (await dial()).reply())!, /^220/);
    });
    await withListener({ allow: ['192.0.2.0/24'] }, {}, async ({ dial }) => {
      const client = await dial();
      assert.match((await client.reply())!, /^554 5\.7\.1/);
      await client.ended();
    });
  });

  it('ends a connection after too many errors, and one that tries numbers at random', async () => {
    await withListener({ limits: { errorsMax: 3, refusedRecipientsMax: 2 } }, {}, async ({ greeted }) => {
      const clumsy = await greeted();
      assert.match((await clumsy.ask('FOO'))!, /^500/);
      assert.match((await clumsy.ask('FOO'))!, /^500/);
      assert.match((await clumsy.ask('FOO'))!, /^421 4\.7\.0 too many errors/);
      await clumsy.ended();
      const harvester = await greeted();
      await harvester.ask('MAIL FROM:<a@x.example>');
      assert.match((await harvester.ask('RCPT TO:<1@elsewhere.example>'))!, /^550/);
      assert.match((await harvester.ask('RCPT TO:<2@elsewhere.example>'))!, /^421 4\.7\.0 too many refused/);
      await harvester.ended();
    });
  });

  it('ends connections of clients that are silent, crawl, or never come to the point', { timeout: 60_000 }, async () => {
    const limits = { commandMs: 50_000, establishMs: 10_000, contentSilenceMs: 30_000, contentPatienceMs: 5_000, paceMin: 100 };
    await withListener({ limits }, {}, async (bed) => {
      const [crawling, silent, idle] = [await inContent(bed), await inContent(bed), await bed.greeted()];
      await idle.ask('MAIL FROM:<a@x.example>');
      await idle.ask('RSET');
      const pointless = await bed.greeted();
      bed.time.now += 4_000;
      silent.octets('x'.repeat(10_000));
      crawling.octets('x');
      // Both have been read when the listener says so much.
      const { listener } = bed;
      while (listener.contentOctets === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await pointless.ask('NOOP');
      bed.time.now += 2_000;
      assert.match((await crawling.reply())!, /^421 4\.4\.2 waited too long/);
      bed.time.now += 5_000;
      assert.match((await pointless.reply())!, /^421 4\.4\.2/);
      bed.time.now += 30_000;
      assert.match((await silent.reply())!, /^421 4\.4\.2/);
      bed.time.now += 20_000;
      assert.match((await idle.reply())!, /^421 4\.4\.2/);
      assert.equal(bed.taken.length, 0);
      await new Promise((resolve) => setTimeout(resolve, LOOKS_MS));
      assert.equal(listener.connections, 0);
    });
  });

  it('does not hold answers for a client that reads none', async () => {
    await withListener({}, {}, async ({ dial, listener }) => {
      const { connect } = await import('node:net');
      const socket = connect(listener.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.pause();
      const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      const many = Buffer.from('VRFY a\r\n'.repeat(10_000));
      const push = (): void => {
        while (!socket.destroyed && socket.write(many));
      };
      socket.on('drain', push);
      push();
      while (listener.connections > 0 || listener.counters.connections === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      socket.destroy();
      await ended;
      assert.match((await (await dial()).reply())!, /^220/);
    });
  });

  it('stands whatever octets come, and still serves the next', { timeout: 60_000 }, async () => {
    const word = fc.constantFrom(
      'EHLO a\r\n',
      'MAIL FROM:<a@x.example>',
      'RCPT TO:<',
      '>',
      '\r\n',
      'DATA\r\n',
      '.',
      '\r',
      '\n',
      '\0',
      'é',
      ' ',
      '"',
      'SIZE=',
      'STARTTLS\r\n',
      'AUTH LOGIN\r\n',
      'RSET\r\n',
    );
    await withListener({ auth: 'offered-plain' }, { authenticate: () => false }, async (bed) => {
      const property = fc.asyncProperty(
        fc.array(fc.oneof(word, fc.string({ maxLength: 20 })), { maxLength: 40 }),
        async (words) => {
          const client = await bed.dial();
          client.octets(words.join(''));
          client.close();
          await client.ended();
          assert.equal(bed.listener.contentOctets, 0);
        },
      );
      await fc.assert(property, { numRuns: 150 });
      const client = await inContent(bed);
      client.octets('x\r\n.\r\n');
      assert.match((await client.reply())!, /^250/);
      assert.doesNotMatch(bed.log.join('\n'), /handler failed/);
    });
  });
});

describe('TLS of the listener', () => {
  const material = { key: STP.key, certificate: STP.certificate, authorities: STP.authorities };
  const trust = { ca: STP.authorities, servername: 'stp.example' };
  const certificateOf = async (bed: Testbed, options: { key?: string; cert?: string }) => {
    const client = await bed.greeted();
    assert.match((await client.ask('STARTTLS'))!, /^220/);
    await client.secure({ ...trust, ...options });
    assert.match((await client.ask('MAIL FROM:<a@x.example>'))!, /^503/, 'the name said in plain is forgotten');
    assert.doesNotMatch((await client.ask('EHLO peer.example'))!, /STARTTLS/);
    await client.ask('MAIL FROM:<a@x.example>');
    await client.ask('RCPT TO:<b@here.example>');
    await client.ask('DATA');
    client.octets('.\r\n');
    assert.match((await client.reply())!, /^250/);
    return bed.taken.at(-1)!.transaction.session.tls;
  };

  it('tells the handler of the client certificate: verified, unknown, or none', async () => {
    await withListener({ tls: { mode: 'starttls', ...material } }, {}, async (bed) => {
      const known = await certificateOf(bed, { key: MSC.key, cert: MSC.certificate });
      assert.deepEqual(known!.certificate, {
        isVerified: true,
        der: new X509Certificate(MSC.certificate).raw,
        names: ['msc.example'],
        fingerprint: new X509Certificate(MSC.certificate).fingerprint256.replaceAll(':', '').toLowerCase(),
      });
      assert.equal(known!.protocol, 'TLSv1.3');
      assert.equal((await certificateOf(bed, {}))!.certificate, undefined);
    });
    await withListener({ tls: { mode: 'starttls', ...material, authorities: OTHER } }, {}, async (bed) => {
      const unknown = await certificateOf(bed, { key: MSC.key, cert: MSC.certificate });
      assert.deepEqual([unknown!.certificate!.isVerified, unknown!.certificate!.names], [false, ['msc.example']]);
    });
  });

  it('wants TLS before MAIL where it is required, and nothing in plain where it is implicit', async () => {
    await withListener({ tls: { mode: 'starttls-required', ...material } }, {}, async ({ greeted }) => {
      const client = await greeted();
      assert.match((await client.ask('MAIL FROM:<a@x.example>'))!, /^530 5\.7\.0/);
    });
    await withListener({ tls: { mode: 'implicit', ...material } }, {}, async ({ dial, taken }) => {
      const client = await dial({ tls: trust });
      assert.match((await client.reply())!, /^220/);
      assert.doesNotMatch((await client.ask('EHLO a'))!, /STARTTLS/);
      await client.ask('MAIL FROM:<a@x.example>');
      await client.ask('RCPT TO:<b@here.example>');
      await client.ask('DATA');
      client.octets('.\r\n');
      assert.match((await client.reply())!, /^250/);
      assert.equal(taken[0]!.transaction.session.tls!.protocol, 'TLSv1.3');
      const plain = await dial();
      plain.octets('EHLO a\r\n');
      await plain.ended();
    });
  });

  it('sends away a client without a certificate that verifies, where one is required', async () => {
    await withListener(
      { tls: { mode: 'implicit', ...material, clientCertificate: 'required' } },
      {},
      async ({ dial, listener }) => {
        // TLS 1.3 tells the client only after its own side of the handshake is through.
        const without = await dial({ tls: trust }).catch(() => undefined);
        assert.equal(await without?.reply(), undefined);
        const client = await dial({ tls: { ...trust, key: MSC.key, cert: MSC.certificate } });
        assert.match((await client.reply())!, /^220/);
        assert.equal(listener.connections, 1);
      },
    );
  });

  it('rejects material that cannot be used with a sentence', async () => {
    await assert.rejects(
      withListener({ tls: { mode: 'starttls', key: 'x', certificate: 'y' } }, {}, async () => {}),
      /^Error: SMTP listener test: /,
    );
  });
});

describe('PROXY header', () => {
  it('says who the client is where it comes from a proxy that is listed, and is wanted from it', async () => {
    const seen: string[] = [];
    const identify = ({ address, port }: { address: string; port: number }) => {
      seen.push(`${address} ${port}`);
      return { peer: 'a', name: 'a' };
    };
    const two = Buffer.concat([
      Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
      Buffer.from([0x21, 0x11, 0, 12, 192, 0, 2, 9, 127, 0, 0, 1, 0x30, 0x39, 0, 25]),
    ]);
    await withListener({ proxies: ['127.0.0.1'] }, { identify }, async ({ dial }) => {
      for (const header of [
        Buffer.from('PROXY TCP4 192.0.2.7 127.0.0.1 4711 25\r\n'),
        two,
        Buffer.from('PROXY TCP6 2001:db8::1 ::1 1 25\r\n'),
      ]) {
        const client = await dial();
        client.octets(Buffer.concat([header, Buffer.from('EHLO a\r\n')]));
        assert.match((await client.reply())!, /^220/);
        assert.match((await client.reply())!, /^250/);
        await client.ask('MAIL FROM:<a@x.example>');
      }
      assert.deepEqual(seen, ['192.0.2.7 4711', '192.0.2.9 12345', '2001:db8::1 1']);
      const without = await dial();
      without.octets('EHLO a\r\n');
      assert.equal(await without.ended(), '');
    });
  });

  it('stands before TLS where that is implicit', async () => {
    const tls = { mode: 'implicit', key: STP.key, certificate: STP.certificate } as const;
    await withListener({ proxies: ['127.0.0.1'], tls }, {}, async ({ dial, listener }) => {
      const client = await dial();
      client.octets('PROXY TCP4 192.0.2.7 127.0.0.1 4711 25\r\n');
      await client.secure({ ca: STP.authorities, servername: 'stp.example' });
      assert.match((await client.reply())!, /^220/);
      assert.equal(listener.connections, 1);
    });
  });

  it('is refused as a command from everybody else', async () => {
    await withListener({}, { identify: ({ address }) => ({ peer: address, name: address }) }, async ({ dial }) => {
      const client = await dial();
      await client.reply();
      assert.match((await client.ask('PROXY TCP4 192.0.2.7 127.0.0.1 4711 25'))!, /^500/);
      assert.match((await client.ask('XCLIENT ADDR=192.0.2.7'))!, /^502/);
    });
  });

  it('is held against the allow list by the address that it names', async () => {
    await withListener({ proxies: ['127.0.0.1'], allow: ['192.0.2.0/24'] }, {}, async ({ dial }) => {
      const allowed = await dial();
      allowed.octets('PROXY TCP4 192.0.2.7 127.0.0.1 1 25\r\n');
      assert.match((await allowed.reply())!, /^220/);
      const other = await dial();
      other.octets('PROXY TCP4 198.51.100.7 127.0.0.1 1 25\r\n');
      assert.match((await other.reply())!, /^554/);
    });
  });
});
