/** How the far side behaves: what a service centre and an IN platform do with what they get, by chance but from the seed. */

/** What a service centre does. Shares of 1; what is left answers with a result. */
export interface CentreBehaviour {
  readonly errorShare: number;
  readonly silentShare: number;
  /** Shortest and longest wait before an answer. Unit: milliseconds. */
  readonly delayMs: readonly [least: number, most: number];
}

export const PROMPT: CentreBehaviour = { errorShare: 0, silentShare: 0, delayMs: [0, 0] };

/**
 * What an IN platform does. `answer`: in the name of the service centre. `forward`: charges and sends it on, with itself as calling party.
 * `return`: sends it back as it came, calling party and all.
 */
export type PlatformBehaviour = 'answer' | 'forward' | 'return';

export type CentreAct = 'result' | 'error' | 'silence';

const MIX = 0x45d9f3b;

/** Four octets that follow from a message's id and the seed, whatever the order in which messages come. */
export function chanceOf(id: number, seed: number): number {
  let x = (id ^ seed) | 0;
  x = Math.imul(x ^ (x >>> 16), MIX);
  x = Math.imul(x ^ (x >>> 16), MIX);
  return (x ^ (x >>> 16)) >>> 0;
}

/** `chance`: of `chanceOf`. */
export function actOf({ errorShare, silentShare }: CentreBehaviour, chance: number): CentreAct {
  const share = (chance & 0xffff) / 0x1_0000;
  if (share < silentShare) return 'silence';
  return share < silentShare + errorShare ? 'error' : 'result';
}

/** Unit: milliseconds. */
export function delayOf({ delayMs: [least, most] }: CentreBehaviour, chance: number): number {
  return least + ((most - least) * (chance >>> 16)) / 0x1_0000;
}
