/** What is asked of the carrier of a road while something else is being decided. */
import type { Terms } from './carrier.js';
import type { Context } from './context.js';
import { ROAD_DEFAULTS } from './policy.js';
import type { OuterRoad } from './road.js';

/** The terms of the far side; undefined where nothing carries by this road. */
export const termsOf = ({ ports }: Context, road: OuterRoad): Terms | undefined => ports.carriers?.[road.kind]?.terms(road);

/** Waits before what the far side has given back is handed over again: its own, or those for all. Unit: milliseconds. */
export const retriesOf = (context: Context, road: OuterRoad): readonly number[] =>
  termsOf(context, road)?.retryMs ?? context.policy.handoverRetryMs ?? ROAD_DEFAULTS.handoverRetryMs;
