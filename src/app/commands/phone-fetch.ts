/** `angarium phone fetch`. */
import { handsetOf, must, type PhoneOptions, retrieve } from './phone-handset.js';
import { Failure, say } from './terminal.js';

export interface FetchCommand extends PhoneOptions {
  readonly number: string;
  readonly save?: string;
  readonly acknowledge: boolean;
  readonly reports: boolean;
}

/** Retrieves and acknowledges. */
export async function fetchContent(url: string, options: FetchCommand): Promise<void> {
  const handset = handsetOf(options, options.number);
  try {
    const outcome = await retrieve(handset, url, options.save, options.json ?? false);
    if ('refused' in outcome) throw new Failure(`not retrieved: ${outcome.refused}`);
    const { transactionId } = outcome.retrieved;
    if (!options.acknowledge || transactionId === undefined) return;
    must('the acknowledgement was not taken', await handset.acknowledge(transactionId, options.reports));
    if (!options.json) say('retrieved and acknowledged');
  } finally {
    await handset.close();
  }
}
