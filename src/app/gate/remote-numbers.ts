/** The number store of a gate on another machine, by its operator API: what a copy here is fetched from. */
import { ApiConnection, followList, type OperatorError, type OperatorTarget } from '#operator';
import { type MirrorSource, SourceAway } from '#store/numbers';

/** A source that holds a connection. */
export interface RemoteNumbers extends MirrorSource {
  /** Ends at once; what is under way rejects with SourceAway. */
  close(): Promise<void>;
}

/** Status of a resource that is not there (any more). RFC 9110 15.5.5. */
const NOT_FOUND = 404;

const away = (place: string, error: OperatorError): SourceAway =>
  new SourceAway(
    error.kind === 'unreachable'
      ? `${place} does not answer (${error.text})`
      : `${place} refuses (${error.status}): ${error.text}`,
  );

const isAbsent = (error: OperatorError): boolean => error.kind === 'refused' && error.status === NOT_FOUND;

/** Connects when it is first asked, and again when it has to. */
export function remoteNumbers(target: Extract<OperatorTarget, { readonly url: string }>): RemoteNumbers {
  const api = new ApiConnection(target);
  return {
    async list() {
      const answer = await api.request('GET', '/v1/follow', followList);
      if (!answer.ok) {
        if (isAbsent(answer.error)) return undefined;
        throw away(target.url, answer.error);
      }
      const { load, files, version } = answer.value;
      return { load, files, ...(version === undefined ? {} : { version }) };
    },
    async read(load, name, offset, octetsMax) {
      const piece = await api.octets(`/v1/follow/${load}/${name}?offset=${offset}&octets=${octetsMax}`, octetsMax);
      if (piece.ok) return piece.value;
      if (isAbsent(piece.error)) return undefined;
      throw away(target.url, piece.error);
    },
    close: () => api.cut(),
  };
}
