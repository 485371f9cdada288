/** Expected trouble as a value: what a fallible call returns when failing is part of its job. */

/** The call did what it is for. */
export type Ok<T> = { readonly ok: true; readonly value: T };
/** It did not, and this is why. */
export type Err<E> = { readonly ok: false; readonly error: E };

/** Either the value or the reason there is none. Bugs are not reasons: they throw. */
export type Result<T, E> = Ok<T> | Err<E>;

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });
export const err = <E>(error: E): Err<E> => ({ ok: false, error });
