/** Asks a gate that does not run: a configuration and numbers made into an explainer, and what two explanations differ in. */
import type { Result } from '#base';
import { addressText, decodeAddress, viewSccp } from '#codec/sccp';
import { type Assumed, Explainer, type Explanation, type GateOutput } from '#endpoint/sigtran';
import type { GateFile } from './config-file.js';
import { toGateBounds } from './config-parts.js';
import { type Core, createCore, type KnownNumbers } from './core.js';
import { adjusted, type Override } from './modes.js';

/** A gate that is only asked. */
export interface Asked {
  readonly core: Core;
  readonly explainer: Explainer;
}

/** What is taken for what a message does not say: it comes from the first route's node to our first point code. */
function assumedFor({ routing }: Core, link: string | undefined): Assumed {
  const { networks, links, routes } = routing.spec;
  const [network] = networks;
  const from = link ?? links[0]?.name ?? '';
  const origin = routes.find(({ via }) => via.some((its) => its.link === from)) ?? routes[0];
  return { link: from, ni: network?.ni ?? 0, opc: origin?.pointCode ?? 0, dpc: network?.own[0] ?? 0, sls: 0 };
}

/** The explainer of a configuration with these numbers; `down`: links that are taken to be down; `overrides`: modes that operators have set. */
export function askable(
  file: GateFile,
  numbers: KnownNumbers,
  link: string | undefined,
  down: readonly string[] = [],
  overrides: readonly Override[] = [],
): Result<Asked, readonly string[]> {
  const core = createCore(file, { numbers }, (settings) => adjusted(settings, overrides));
  if (!core.ok) return core;
  const { routing, screening, gate, ports } = core.value;
  for (const { name } of routing.spec.links) routing.setLink(name, !down.includes(name));
  const assumed = assumedFor(core.value, link);
  return {
    ok: true,
    value: {
      core: core.value,
      explainer: new Explainer(gate, { screening, routing: ports.routing }, assumed, toGateBounds(file.config)),
    },
  };
}

const outputText = (output: GateOutput): string => {
  if (output.kind !== 'send') return output.kind;
  const { data } = output;
  const view = viewSccp(data.userData);
  const called = view.ok ? decodeAddress(view.value.called) : undefined;
  return `send by ${output.link} to ${data.dpc}${called?.ok ? `, ${addressText(called.value)}` : ''}`;
};

/** Whether two explanations put out the same, to the last octet. */
export function isSameOutput({ outputs: a }: Explanation, { outputs: b }: Explanation): boolean {
  return a.length === b.length && a.every((output, i) => isSame(output, b[i]!));
}

function isSame(a: GateOutput, b: GateOutput): boolean {
  if (a.kind !== b.kind || !('data' in a) || !('data' in b)) return a.kind === b.kind;
  const { userData, ...label } = a.data;
  const { userData: others, ...otherLabel } = b.data;
  return (
    a.link === b.link &&
    JSON.stringify(label) === JSON.stringify(otherLabel) &&
    userData.length === others.length &&
    userData.every((octet, i) => octet === others[i])
  );
}

/** What happens to the message, in a few words: two explanations that say the same are alike. */
export function outcomeOf({ decision, carried, outputs }: Explanation): string {
  const what = outputs.map(outputText).join('; ') || 'nothing is sent';
  if (decision === undefined) return what;
  const { verdict, action, held, place, reason, homeSmsc, relay, answer } = decision;
  const parts = [
    held === 'no' ? action : `${verdict}, held back (${held})`,
    place,
    reason,
    homeSmsc === undefined ? '' : `home SMSC ${homeSmsc.name}`,
    relay === undefined ? '' : `platform ${relay.platform.name}`,
    answer === undefined ? '' : JSON.stringify(answer),
    carried ?? '',
    what,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
