/** Messages and entities from octets. Bodies are looked at as octets only, and never copied until they are decoded. */
import type { Result, Witness } from '#base';
import type { MimeEntity, MimeError, MimeField } from './model.js';

const unbuilt = (): never => {
  throw new Error('not built yet');
};

/**
 * A message: header section, empty line, body, taken apart to the last part. Err beyond LIMITS only: what else is wrong is tolerated by name.
 * Whether the fields are good ones is for the caller to say.
 */
export const readMessage = (_octets: Uint8Array, _witness?: Witness): Result<MimeEntity, MimeError> => unbuilt();

/** An entity whose header fields came by another way: the body of an HTTP request. */
export const readEntity = (_fields: readonly MimeField[], _body: Uint8Array, _witness?: Witness): Result<MimeEntity, MimeError> =>
  unbuilt();

/** The header fields of a message alone: what is wanted before its body is there. */
export const readFields = (_octets: Uint8Array, _witness?: Witness): Result<readonly MimeField[], MimeError> => unbuilt();

/** The octets that the sender meant: transfer encoding undone. A view where there is none, else a copy. Never fails. */
export const decodeBody = (_entity: MimeEntity, _witness?: Witness): Uint8Array => unbuilt();

/** All entities without parts of their own, in order, with the multiparts that they stand in, outermost first. */
export const walkParts = (
  _entity: MimeEntity,
): Generator<{ readonly part: MimeEntity; readonly inside: readonly MimeEntity[] }> => unbuilt();
