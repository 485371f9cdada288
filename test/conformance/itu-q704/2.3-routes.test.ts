/** ITU-T Q.704: message routing, and what becomes of traffic when routes come and go; over IP the news of it is M3UA's SSNM. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NetworkNews, PointCodeRoutes } from '#protocol/routing';

const POINT = 100;
const LINKS = ['a', 'b', 'c'];

function routes(): PointCodeRoutes {
  const made = new PointCodeRoutes(
    [{ ni: 0, variant: 'itu', own: [1] }],
    LINKS.map((name) => ({ name })),
    [{ ni: 0, pointCode: POINT, via: [{ link: 'a' }, { link: 'b' }, { link: 'c', priority: 1 }] }],
  );
  for (const link of LINKS) made.setLink(link, true);
  return made;
}
const linkOf = (of: PointCodeRoutes, sls: number): string => {
  const answer = of.route(0, POINT, sls);
  return answer.kind === 'hop' ? answer.link : answer.kind;
};
const links = (of: PointCodeRoutes): string[] => Array.from({ length: 16 }, (_, sls) => linkOf(of, sls));
const said = (kind: NetworkNews['kind'], link: string): NetworkNews => ({
  link,
  ni: 0,
  kind,
  affected: [{ pointCode: POINT, mask: 0 }],
});

describe('ITU-T Q.704: message routing', () => {
  it('2.3: the signalling link selection shares the load evenly among the links of one priority, and the same value keeps to one link', () => {
    const all = links(routes());
    assert.deepEqual([all.filter((it) => it === 'a').length, all.filter((it) => it === 'b').length], [8, 8]);
    assert.deepEqual(links(routes()), all);
  });

  it('5: when a link goes, only its traffic moves; 6: when it comes back, that traffic and no other returns', () => {
    const of = routes();
    const before = links(of);
    of.setLink('a', false);
    assert.deepEqual(
      links(of),
      before.map(() => 'b'),
    );
    of.setLink('a', true);
    assert.deepEqual(links(of), before);
  });

  it('7: traffic for a destination that a route no longer reaches takes another route at once (forced rerouting)', () => {
    const of = routes();
    of.hear(said('DUNA', 'a'));
    of.hear(said('DUNA', 'b'));
    assert.deepEqual(new Set(links(of)), new Set(['c']));
  });

  it('8: traffic leaves a restricted route for one that is not, and returns when it is allowed again (controlled rerouting)', () => {
    const of = routes();
    const before = links(of);
    of.hear(said('DRST', 'a'));
    of.hear(said('DRST', 'b'));
    assert.deepEqual(new Set(links(of)), new Set(['c']));
    of.hear(said('DAVA', 'a'));
    of.hear(said('DAVA', 'b'));
    assert.deepEqual(links(of), before);
  });

  it('13.2, 13.3 and 13.4: what those behind us are to be told is told once for each change: prohibited, allowed, restricted', () => {
    const of = routes();
    const heard = (link: string, kind: NetworkNews['kind']): string[] =>
      of.hear(said(kind, link)).changes.map((it) => it.availability);
    assert.deepEqual([...heard('a', 'DUNA'), ...heard('b', 'DUNA'), ...heard('c', 'DRST')], ['restricted']);
    assert.deepEqual([...heard('c', 'DUNA'), ...heard('c', 'DUNA')], ['unavailable']);
    assert.deepEqual(heard('b', 'DAVA'), ['available']);
  });
});
