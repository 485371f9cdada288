import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { faultText } from './config-document.js';
import { configOf, parseConfig, readConfig } from './config-file.js';
import { durationMs, isLoopback, listenAddress, sizeOctets } from './written-values.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-config-'));
after(() => rmSync(folder, { recursive: true }));

const faultsOf = (source: string): string[] => {
  const config = parseConfig(source, 'test.toml');
  assert.ok(!config.ok, 'the configuration has faults');
  return config.error.map(faultText);
};

const configIn = (source: string) => {
  const config = parseConfig(source, join(folder, 'test.toml'));
  assert.ok(config.ok, config.ok ? '' : config.error.map(faultText).join('\n'));
  return config.value;
};

describe('the configuration file', () => {
  it('may be empty: every key has a default, and the defaults are a laboratory on loopback', () => {
    const config = configIn('');
    assert.ok(
      isLoopback(config.mm1.listen.host) && isLoopback(config.push.lab.listen.host) && isLoopback(config.monitoring.listen.host),
    );
    assert.equal(config.mm1.identity.mode, 'lab');
    assert.equal(config.data.folder, join(folder, 'angarium-data'));
  });

  it('gives durations in milliseconds and sizes in octets', () => {
    const { messages } = configIn('[messages]\nexpiry-default = "36h"\nsize-max = "300KB"\npush-retry = ["5s", "1m"]');
    assert.deepEqual(
      [messages['expiry-default'], messages['size-max'], messages['push-retry']],
      [129_600_000, 307_200, [5_000, 60_000]],
    );
  });

  it('is frozen once it has been read', () => {
    const config = configIn('');
    assert.throws(() => Object.assign(config.mm1, { path: '/other' }), TypeError);
    assert.throws(() => (config.messages['push-retry'] as number[]).push(1), TypeError);
  });

  it('takes relative paths from its own folder', () => {
    writeFileSync(join(folder, 'token'), `${'t'.repeat(32)}\n`);
    const config = configIn('[data]\nfolder = "state"\n[operator]\nlisten = "127.0.0.1:8517"\ntoken-file = "token"');
    assert.equal(config.data.folder, join(folder, 'state'));
    assert.equal(config.operator['token-file'], join(folder, 'token'));
  });

  it('tells the line of a key whether it stands in a table, behind dots, inline or in a list of tables', () => {
    assert.match(faultsOf('\n[log]\nlevel = 1')[0]!, /^test\.toml:3: log\.level: /);
    assert.match(faultsOf('\nlog.level = 1')[0]!, /^test\.toml:2: log\.level: /);
    assert.match(faultsOf('log = {\tlevel = 1 }')[0]!, /^test\.toml:1: log\.level: /);
    const listed = faultsOf(
      '[[mm1.identity.clients]]\nnetwork = "10.0.0.1"\nfirst-msisdn = "46700000000"\n[[mm1.identity.clients]]\nnetwork = 5\nfirst-msisdn = "46700000000"',
    );
    assert.match(listed[0]!, /^test\.toml:5: mm1\.identity\.clients\[1\]\.network: /);
  });

  it('tells the line of the table when a key is missing in it', () => {
    assert.match(
      faultsOf('\n[[mm1.identity.clients]]\nnetwork = "10.0.0.1"')[0]!,
      /^test\.toml:2: mm1\.identity\.clients\[0\]\.first-msisdn: is missing/,
    );
  });

  it('reports faults of single keys and faults between keys together, in the order of their lines', () => {
    const faults = faultsOf('[push]\nkind = "kannel"\n[log]\nlevel = "loud"\n[mm1.tls]\nkey = "k.pem"');
    assert.deepEqual(
      faults.map((fault) => fault.split(': ').slice(0, 2).join(' ')),
      [
        'test.toml:1 push.kannel.url',
        'test.toml:1 push.kannel.username',
        'test.toml:1 push.kannel.password-file',
        'test.toml:1 push.kannel.from',
        'test.toml:4 log.level',
        'test.toml:6 mm1.tls.key',
        'test.toml:6 mm1.tls.key',
      ],
    );
  });

  it('says nothing about keys that lean on a faulty one', () => {
    const faults = faultsOf('[messages]\nexpiry-max = "soon"\nexpiry-default = "8d"');
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /expiry-max/);
  });

  it('that cannot be read is a fault, not a stack', () => {
    const missing = readConfig(join(folder, 'missing.toml'));
    assert.ok(!missing.ok);
    assert.match(faultText(missing.error[0]!), /missing\.toml: cannot be read \(ENOENT\)$/);
  });

  it('refuses certificates that are none before any port is opened', () => {
    writeFileSync(join(folder, 'nonsense.pem'), 'nonsense');
    const config = parseConfig('[mm1.tls]\nkey = "nonsense.pem"\ncert = "nonsense.pem"', join(folder, 'test.toml'));
    assert.ok(!config.ok);
    assert.match(
      faultText(config.error[0]!),
      /mm1\.tls\.key: key and certificate cannot be used \(.+\), expected PEM files that belong together/,
    );
  });
});

describe('configOf', () => {
  it('takes a value in place of a file, and throws all faults at once', () => {
    assert.equal(configOf({ mm1: { listen: '127.0.0.1:0' } }).mm1.listen.port, 0);
    assert.throws(() => configOf({ mm1: { listen: 'nowhere', path: 'mms' } }), /mm1\.listen: .*\nmm1\.path: /);
  });
});

describe('values of the configuration', () => {
  it('are durations with a unit', () => {
    const cases: [string, number | undefined][] = [
      ['250ms', 250],
      ['30s', 30_000],
      ['10m', 600_000],
      ['72h', 259_200_000],
      ['7d', 604_800_000],
      ['30', undefined],
      ['1.5s', undefined],
      ['-1s', undefined],
      ['1 s', undefined],
      ['', undefined],
    ];
    for (const [text, value] of cases) assert.equal(durationMs(text), value, text);
  });

  it('are sizes with a unit, K being 1024', () => {
    const cases: [string, number | undefined][] = [
      ['512B', 512],
      ['300KB', 307_200],
      ['1MB', 1_048_576],
      ['2GB', 2_147_483_648],
      ['300kB', undefined],
      ['300', undefined],
    ];
    for (const [text, value] of cases) assert.equal(sizeOctets(text), value, text);
  });

  it('are addresses with a port, IPv6 in brackets', () => {
    assert.deepEqual(listenAddress('[::1]:8514'), { host: '::1', port: 8514 });
    assert.deepEqual(listenAddress('localhost:0'), { host: 'localhost', port: 0 });
    for (const text of ['::1:8514', '127.0.0.1', ':8514', '127.0.0.1:65536', '[127.0.0.1]:1', 'http://127.0.0.1:1']) {
      assert.equal(listenAddress(text), undefined, text);
    }
  });

  it('know loopback in all its spellings', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(host), host);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.example', '128.0.0.1']) assert.ok(!isLoopback(host), host);
  });
});
