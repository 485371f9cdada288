/** What became of each message of a deletion: the numbered fields of M-Mbox-Delete.conf and M-Delete.conf, put together and taken apart. */
import type { DeleteConf, MboxDeleteConf } from './pdus.js';
import type { Counted, ResponseStatusValue } from './value-types.js';

/** What a deletion did to the messages that one status is about. MMS_ENC 1.3 §6, M-Mbox-Delete.conf and M-Delete.conf. */
export interface DeletionResult {
  /** The number that holds the fields together. Absent when the writer used none: there is one such result at most. */
  readonly count?: number;
  /** Absent when locations came without a status. */
  readonly status?: ResponseStatusValue;
  readonly text?: string;
  /** The messages that the status is about; empty when it is about the request. */
  readonly contentLocations: readonly string[];
}

/** The fields of such a confirmation that belong together by number. */
export type NumberedFields = Pick<MboxDeleteConf, 'responseStatus' | 'responseText' | 'contentLocation'>;

/**
 * The results in the order in which their numbers first come: of the statuses, then of the texts, then of the locations. Of two statuses or
 * texts with one number the first counts. Values without numbers belong to one another.
 */
export function deletionResults(conf: MboxDeleteConf | DeleteConf): readonly DeletionResult[] {
  type Open = { count?: number; status?: ResponseStatusValue; text?: string; contentLocations: string[] };
  const results = new Map<number | undefined, Open>();
  const of = ({ count }: Counted<unknown>): Open => {
    let result = results.get(count);
    if (result === undefined) {
      result = { ...(count !== undefined && { count }), contentLocations: [] };
      results.set(count, result);
    }
    return result;
  };
  for (const status of conf.responseStatus) of(status).status ??= status.value;
  for (const text of conf.responseText ?? []) of(text).text ??= text.value;
  for (const location of conf.contentLocation) of(location).contentLocations.push(location.value);
  return [...results.values()];
}

/** The fields that say these results, with their numbers; a result without one gets the next after the highest that was given. */
export function deletionFields(results: readonly DeletionResult[]): NumberedFields {
  const responseStatus: Counted<ResponseStatusValue>[] = [];
  const responseText: Counted<string>[] = [];
  const contentLocation: Counted<string>[] = [];
  let next = 1 + results.reduce((highest, { count = -1 }) => Math.max(highest, count), -1);
  for (const { count = next++, status, text, contentLocations } of results) {
    if (status !== undefined) responseStatus.push({ count, value: status });
    if (text !== undefined) responseText.push({ count, value: text });
    for (const value of contentLocations) contentLocation.push({ count, value });
  }
  return { responseStatus, ...(responseText.length > 0 && { responseText }), contentLocation };
}
