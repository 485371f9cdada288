/** Messages and entities to octets: fields byte for byte, bodies in pieces. Same input, same octets. */
import type { Result } from '#base';
import type { MessageSource, MimeError, MimeSource, Transport, Written, WrittenEntity } from './model.js';

const unbuilt = (): never => {
  throw new Error('not built yet');
};

/**
 * A whole message, lines ending in CR LF. Err on a field that cannot be written as it is: a name that is none, CR, LF, zero or any octet above
 * 0x7f in a value, a line that cannot be folded below 998 octets. Thus no field can bring another one in. `transport` absent: `7bit`.
 */
export const writeMessage = (_message: MessageSource, _transport?: Transport): Result<Written, MimeError> => unbuilt();

/** A body alone, with its fields apart: for HTTP (`transport` then is `binary`). Err as `writeMessage`. */
export const writeEntity = (_body: MimeSource, _transport: Transport): Result<WrittenEntity, MimeError> => unbuilt();
