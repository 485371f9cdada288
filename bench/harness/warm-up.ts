/**
 * Messages after which a program has compiled what it runs often. Counted and not timed: at 200 messages a second a second and a half are 300
 * messages, of which each costs twice and three times what it costs later, compiler threads included.
 */
export const WARM_UP_MESSAGES = 3_000;
/** How long that may take at most. Unit: ms. */
const WARM_UP_MS_MAX = 20_000;
const LOOK_MS = 50;

/** Waits until `count` has grown by what a program needs to be warm; a smoke run waits for a tenth of a second only. */
export async function warmUp(count: () => number, smoke: boolean): Promise<void> {
  const wanted = count() + WARM_UP_MESSAGES;
  const end = performance.now() + (smoke ? 2 * LOOK_MS : WARM_UP_MS_MAX);
  while (count() < wanted && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
