/** A small node for tests: point codes, routes and numbers, and how they are asked. */
import assert from 'node:assert/strict';
import { encodeAddress, encodeSccp, type SccpAddress, type SccpMessage, type SccpView, viewSccp } from '#codec/sccp';
import type { ActionSpec, EntrySpec, GttSpec, RoutingSpec, TargetSpec } from './config.js';
import { createRouting, type Routing } from './routing.js';

/** Ours, a neighbour's through which all goes, and three behind him. */
export const US = 1;
export const STP = 7;
export const HLR = 100;
export const SMSC = 101;
export const OTHER = 102;

export const SPEC: RoutingSpec = {
  networks: [
    { ni: 0, variant: 'itu', own: [US, 2], subsystems: [8] },
    { ni: 2, variant: 'itu', own: [50] },
    { ni: 3, variant: 'ansi', own: [0x010203] },
  ],
  links: [{ name: 'stp' }, { name: 'smsc' }, { name: 'national' }, { name: 'american' }],
  routes: [
    { ni: 0, pointCode: STP, via: [{ link: 'stp' }] },
    { ni: 0, pointCode: HLR, via: [{ link: 'stp' }] },
    { ni: 0, pointCode: SMSC, via: [{ link: 'smsc' }, { link: 'stp', priority: 1 }] },
    { ni: 0, pointCode: OTHER, via: [{ link: 'stp' }] },
    { ni: 2, pointCode: 0, mask: 14, via: [{ link: 'national' }] },
    { ni: 3, pointCode: 0, mask: 24, via: [{ link: 'american' }] },
  ],
  gtt: { selectors: [], sets: [], groups: [] },
};

export function nodeOf(gtt: Partial<GttSpec>, more: Partial<RoutingSpec> = {}): Routing {
  const spec = { ...SPEC, gtt: { ...SPEC.gtt, ...gtt }, ...more };
  const made = createRouting(spec);
  assert.ok(made.ok, made.ok ? '' : made.error.map((it) => `${it.where}: ${it.text}`).join('\n'));
  for (const { name } of spec.links) made.value.setLink(name, true);
  return made.value;
}

/** A node with one set for international numbers. */
export const nodeWith = (entries: readonly EntrySpec[], more: Partial<GttSpec> = {}, spec: Partial<RoutingSpec> = {}): Routing =>
  nodeOf(
    {
      selectors: [{ gti: 4, tt: 0, np: 1, nai: 4, ssn: '*', set: 'numbers' }],
      ...more,
      sets: [{ name: 'numbers', entries }, ...(more.sets ?? [])],
    },
    spec,
  );

export const to = (pointCode: number, more: Partial<TargetSpec> = {}): ActionSpec => ({
  kind: 'to',
  target: { pointCode, routeOn: 'ssn', ...more },
});

/** Routed on an international E.164 title. */
export const onTitle = (digits: string, ssn = 8): SccpAddress => ({
  routeOn: 'gt',
  ssn,
  globalTitle: { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits },
});

export const asked = (called: SccpAddress, more: { sls?: number; calling?: SccpAddress; ni?: number } = {}) => ({
  ni: more.ni ?? 0,
  called: encodeAddress(called),
  calling: encodeAddress(more.calling ?? onTitle('393490000001')),
  sls: more.sls ?? 0,
});

export function viewOf(message: SccpMessage): SccpView {
  const octets = encodeSccp(message);
  assert.ok(octets.ok);
  const view = viewSccp(octets.value);
  assert.ok(view.ok);
  return view.value;
}

export const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
