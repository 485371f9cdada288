/** Far sides' words, as far as they are kept. */
import { LIMITS } from '#base';
import type { FarAnswer } from './model.js';

/** Every text of it cut to the limit: what a far side says is as long as it likes. */
export function cutAnswer({ by, code, text }: FarAnswer): FarAnswer {
  return {
    ...(by !== undefined && { by: cut(by) }),
    ...(code !== undefined && { code: cut(code) }),
    ...(text !== undefined && { text: cut(text) }),
  };
}

export const cut = (text: string): string =>
  text.length > LIMITS.farAnswerTextMax ? text.slice(0, LIMITS.farAnswerTextMax) : text;
