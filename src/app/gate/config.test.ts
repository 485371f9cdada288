import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { modeText } from '#portability';
import { faultText } from '../config-document.js';
import { exampleFile, referencePage } from '../config-text.js';
import { type GateFile, parseGateConfig } from './config-file.js';
import { toAssociationSettings } from './config-links.js';
import { toGateSettings, toRoutingSpec, toScreeningSettings } from './config-parts.js';
import { answerOf, modeOf } from './config-screening.js';
import { GATE_WORDS } from './config-words.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-gate-config-'));
after(() => rmSync(folder, { recursive: true }));

const ofRepository = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

/** The shortest gate: two links, one route each, everything monitored. */
const SHORTEST = `
[screening]
mode = "monitor"
[[network]]
indicator = "national"
point-codes = ["2-1-1"]
[[listener]]
name = "access"
transport = "tcp"
[[peer]]
name = "msc-1"
listener = "access"
asp-identifier = 1
[[link]]
name = "msc"
role = "sgp"
routing-contexts = [11]
peers = ["msc-1"]
[[link]]
name = "stp-a"
role = "asp"
transport = "tcp"
remote-addresses = ["127.0.0.1"]
[[route]]
point-code = "2-2-2"
via = [{ link = "stp-a" }]
[[gtt.selector]]
set = "e164"
[[gtt.set]]
name = "e164"
[[gtt.set.entry]]
digits = ""
point-code = "2-2-2"
[[selector]]
name = "mo-sms"
tt = 0
np = 1
nai = 4
[[home-smsc]]
name = "smsc-0"
digits = "46705000000"
`;

const parse = (source: string) => parseGateConfig(source, join(folder, 'gate.toml'));
const good = (source: string): GateFile => {
  const file = parse(source);
  assert.ok(file.ok, file.ok ? '' : file.error.map(faultText).join('\n'));
  return file.value;
};
const faultsOf = (source: string): string[] => {
  const file = parse(source);
  assert.ok(!file.ok, 'the configuration has faults');
  return file.error.map((fault) => faultText(fault).replaceAll(`${folder}/`, ''));
};
/** The shortest gate with a line more, or with one changed. */
const changed = (from: string, to: string): string => {
  assert.ok(SHORTEST.includes(from), from);
  return SHORTEST.replace(from, to);
};

describe("the gate's configuration", () => {
  it('hands each room the part that it asks for', () => {
    const { config, lists } = good(SHORTEST);
    const associations = toAssociationSettings(config);
    assert.deepEqual(
      associations.links.map(({ name, role }) => [name, role]),
      [
        ['msc', 'gateway'],
        ['stp-a', 'asp'],
      ],
    );
    assert.deepEqual(
      associations.gateway?.peers.map(({ name, match }) => [name, match]),
      [['msc-1', { aspIdentifier: 1 }]],
    );
    const routing = toRoutingSpec(config, lists);
    assert.deepEqual(routing.networks, [{ ni: 2, variant: 'itu', own: [4105] }]);
    assert.deepEqual(routing.routes[0]?.pointCode, 4114);
    assert.deepEqual(routing.gtt.sets[0]?.entries, [
      { digits: '', action: { kind: 'to', target: { routeOn: 'gt', pointCodeInAddress: 'update', pointCode: 4114 } } },
    ]);
    const screening = toScreeningSettings(config, lists, 'v');
    assert.deepEqual([screening.version, screening.mode, screening.flow], ['v', { kind: 'monitor' }, 'vstp']);
    assert.equal(toGateSettings(config).traceOneIn, 1_000);
  });

  it('refuses to do without a mode, and says why there is no default', () => {
    const [fault, ...others] = faultsOf(changed('mode = "monitor"', ''));
    assert.deepEqual(others, []);
    assert.match(fault!, /screening\.mode: is missing, expected "off".*There is no default/);
  });

  it('refuses a selector for addresses without a global title, which would never match', () => {
    const [fault, ...others] = faultsOf(changed('tt = 0\nnp = 1\nnai = 4', 'gti = 0'));
    assert.deepEqual(others, []);
    assert.match(fault!, /^gate\.toml:\d+: selector\[?\.?0\]?\.gti: is 0, an address without global title/);
  });

  it('serves no zone whose servers and contact nobody has named', () => {
    const served = `${SHORTEST}[enum]\nlisten = "127.0.0.1:0"\nclients = ["127.0.0.1"]\n`;
    assert.deepEqual(
      faultsOf(served).map((fault) => /(enum\.[-a-z]+): is missing/.exec(fault)?.[1]),
      ['enum.name-servers', 'enum.contact'],
    );
    good(`${served}name-servers = ["ns1.example.net"]\ncontact = "hostmaster.example.net"\n`);
  });

  it('tells all faults of a file at once, each with its line', () => {
    const source = SHORTEST.replace('mode = "monitor"', 'mode = "on"')
      .replace('listener = "access"', 'listener = "acess"')
      .replace('point-codes = ["2-1-1"]', 'point-codes = ["9-1-1"]')
      .replace('via = [{ link = "stp-a" }]', 'via = [{ link = "stp-b" }]')
      .replace('routing-contexts = [11]', 'routing-contexts = []');
    const faults = faultsOf(source);
    assert.deepEqual(
      faults.map((fault) => /^gate\.toml:(\d+): ([^:]+)/.exec(fault)?.slice(1)),
      [
        ['3', 'screening.mode'],
        ['6', 'network[0].point-codes[0]'],
        ['12', 'peer[0].listener'],
        ['17', 'link[0].routing-contexts'],
        ['26', 'route[0].via[0].link'],
      ],
    );
  });

  const CASES: readonly (readonly [string, string, string, RegExp])[] = [
    ['a link that nobody can begin', 'remote-addresses = ["127.0.0.1"]', '', /an ASP begins the association/],
    [
      'TLS over SCTP',
      'remote-addresses = ["127.0.0.1"]',
      'remote-addresses = ["127.0.0.1"]\ntls.key = "k"',
      /without cert and authorities and peer-name/,
    ],
    ['a peer that nothing recognises', 'asp-identifier = 1', '', /by what this peer is recognised/],
    ['a peer that no link has', 'peers = ["msc-1"]', 'peers = []', /no link has the peer "msc-1"/],
    ['two links of one name', 'name = "stp-a"', 'name = "msc"', /"msc" stands twice/],
    [
      'a network that is not there',
      'point-code = "2-2-2"\nvia',
      'network = "international"\npoint-code = "2-2-2"\nvia',
      /no \[\[network\]\] with indicator "international"/,
    ],
    [
      'levels of overload out of order',
      '[screening]',
      '[overload]\nlevel-2 = "10ms"\n[screening]',
      /is not above overload\.level-1/,
    ],
    [
      'users without a listener',
      '[screening]',
      '[[operator.user]]\nname = "a"\nrole = "viewer"\ntoken-file = "none"\n[screening]',
      /has no effect without operator\.listen/,
    ],
    ['a selector without what its indicator needs', 'tt = 0\nnp = 1', 'np = 1', /^gate\.toml:\d+: selector\[0\]\.tt: /],
    [
      'the same address twice',
      '[[home-smsc]]',
      '[[home-smsc]]\nname = "a"\ndigits = "46705000000"\n[[home-smsc]]',
      /home-smsc\[1\]: is the same address as/,
    ],
    [
      'an entry for a set that is not there',
      'digits = ""\npoint-code = "2-2-2"',
      'digits = ""\naction = "set"\nset = "none"',
      /^gate\.toml:\d+: gtt\.set\[0\]\.entry\[0\]: there is no set none/,
    ],
    [
      'a screened type that is prepaid in flow vstp',
      '[screening]',
      '[screening]\nscreened-types = ["5"]',
      /screening\.screened-types\[0\]: /,
    ],
    [
      'a source of numbers without a token',
      '[screening]',
      '[numbers.source]\nurl = "https://gate-1.example:8527"\n[screening]',
      /numbers\.source\.url: is given without token-file/,
    ],
    [
      'a source that is more than a host',
      '[screening]',
      '[numbers.source]\nurl = "http://a/b"\n[screening]',
      /host and port alone/,
    ],
    [
      'numbers from two places',
      '[screening]',
      '[numbers]\nfollow = true\nsource.url = "https://gate-1.example:8527"\n[screening]',
      /numbers\.follow: is given beside numbers\.source\.url/,
    ],
    [
      'authorities of a source that is not encrypted',
      '[screening]',
      '[numbers.source]\nurl = "http://a:1"\nauthorities = "ca.pem"\n[screening]',
      /numbers\.source\.authorities: is for https only/,
    ],
    [
      'authorities that are none',
      '[screening]',
      '[numbers.source]\nurl = "https://a:1"\nauthorities = "missing.pem"\n[screening]',
      /numbers\.source\.authorities: "missing\.pem" cannot be read/,
    ],
    [
      'half a TLS of the operator API',
      '[screening]',
      '[operator.tls]\nkey = "k"\n[screening]',
      /operator\.tls\.key: is given without cert/,
    ],
    ['a key that is misspelt', '[screening]', '[screening]\nflw = "vstp"', /did you mean "flow"/],
  ];
  for (const [what, from, to, expected] of CASES)
    it(`refuses ${what}`, () => {
      const faults = faultsOf(changed(from, to));
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        faults.join('\n'),
      );
    });

  it('reads long lists from files of their own, and names the line of each fault in them', () => {
    writeFileSync(join(folder, 'smscs.csv'), '# ours\nname,digits,mode\nsmsc-1,46705000001,enforce\nsmsc-2,46705000002,\n');
    writeFileSync(join(folder, 'gtt.csv'), 'digits,action,cause,exact\n4670,return,1,true\n,discard,,\n');
    const source = `${changed('name = "e164"\n', 'name = "e164"\nentries-file = "gtt.csv"\n')}[home-smscs]\nfile = "smscs.csv"\n`;
    const { config, lists, version } = good(source);
    assert.deepEqual(toScreeningSettings(config, lists, '').homeSmscs.entries, [
      { name: 'smsc-0', digits: '46705000000' },
      { name: 'smsc-1', digits: '46705000001', mode: { kind: 'enforce' } },
      { name: 'smsc-2', digits: '46705000002' },
    ]);
    assert.deepEqual(toRoutingSpec(config, lists).gtt.sets[0]?.entries.slice(1), [
      { digits: '4670', exact: true, action: { kind: 'return', cause: 1 } },
      { digits: '', action: { kind: 'discard' } },
    ]);
    writeFileSync(join(folder, 'smscs.csv'), 'name,digits,mode\nsmsc-1,4670500000x,enforce\nsmsc-2,,\nsmsc-3,46,on\n');
    assert.notEqual(version, undefined);
    const faults = faultsOf(source);
    writeFileSync(join(folder, 'smscs.csv'), 'name,digits\nsmsc-1,46705000000\n');
    assert.match(faultsOf(source)[0]!, /^gate\.toml:\d+: home-smscs\.file: homeSmscs\.entries\[1\]: is the same address as/);
    assert.deepEqual(
      faults.map((fault) => /smscs\.csv:(\d): (\w+):/.exec(fault)?.slice(1)),
      [
        ['2', 'digits'],
        ['3', 'digits'],
        ['4', 'mode'],
      ],
    );
  });

  it('is another edition when the file or one of its lists is another', () => {
    writeFileSync(join(folder, 'list.csv'), 'name,digits\na,46705000001\n');
    const source = `${SHORTEST}[home-smscs]\nfile = "list.csv"\n`;
    const first = good(source).version;
    assert.equal(good(source).version, first);
    assert.notEqual(good(`${source}\n`).version, first);
    writeFileSync(join(folder, 'list.csv'), 'name,digits\na,46705000002\n');
    assert.notEqual(good(source).version, first);
  });
});

describe('modes and answers as they are written', () => {
  it('reads every mode, writes it alike, and refuses all else', () => {
    for (const text of ['off', 'monitor', 'enforce', 'sample 0 %', 'sample 2.5 %', 'sample 100 %'])
      assert.equal(modeText(modeOf(text)!), text);
    assert.deepEqual(modeOf('sample 10%'), { kind: 'sample', percent: 10 });
    for (const text of ['', 'on', 'Enforce', 'sample', 'sample 101%', 'sample -1%', 'sample 1', 'enforce '])
      assert.equal(modeOf(text), undefined, text);
  });

  it("reads answers by the standards' names", () => {
    assert.deepEqual(answerOf('sm-DeliveryFailure subscriberNotSC-Subscriber'), {
      kind: 'tcap-error',
      error: 'sm-DeliveryFailure',
      cause: 'subscriberNotSC-Subscriber',
    });
    assert.deepEqual(answerOf('systemFailure'), { kind: 'tcap-error', error: 'systemFailure' });
    assert.deepEqual(answerOf('udts 7'), { kind: 'udts', cause: 7 });
    assert.deepEqual(answerOf('ack-and-drop'), { kind: 'ack-and-drop' });
    for (const text of [
      '',
      'sm-DeliveryFailure',
      'sm-DeliveryFailure nobody',
      'udts',
      'udts 15',
      'udts x',
      'systemFailure 1',
      'drop',
    ])
      assert.equal(answerOf(text), undefined, text);
  });
});

describe('the example file of the gate', () => {
  it('lacks what nobody can choose for the operator, and nothing else', () => {
    const faults = faultsOf(exampleFile(GATE_WORDS));
    assert.deepEqual(
      faults.map((fault) => fault.replace(/^gate\.toml(:\d+)?: /, '').split(':')[0]),
      ['network', 'link', 'screening.mode'],
    );
  });

  it('shows every key with a value that is right for it', () => {
    // Switched on all at once keys exclude each other and name what does not exist; none is wrong by itself.
    for (const fault of faultsOf(exampleFile(GATE_WORDS).replaceAll(/^#(?=[[a-z])/gm, '')))
      assert.doesNotMatch(fault, /is not accepted|unknown key/);
  });

  it('is the one in the repository (otherwise: angarium gate config example > gate.example.toml)', () => {
    assert.equal(ofRepository('gate.example.toml'), exampleFile(GATE_WORDS));
  });

  it('has its keys on the reference page, which is the one in the repository (otherwise: angarium gate config reference > docs/gate-configuration.md)', () => {
    const page = referencePage(GATE_WORDS);
    for (const [, key] of exampleFile(GATE_WORDS).matchAll(/^#([a-z][-a-z0-9]*) = /gm))
      assert.ok(page.includes(`| \`${key}\` |`), key);
    assert.equal(ofRepository('docs/gate-configuration.md'), page);
  });
});
