/** `angarium peer serve`. */
import { once } from 'node:events';
import { LAB_PROFILES } from '#endpoint/carrier';
import { carrierOf, type PeerOptions, profileOf } from './peer-words.js';
import { say, table } from './terminal.js';

export interface PeerServeCommand extends PeerOptions {
  readonly profile: string;
}

/** Takes messages until it is told to end. */
export async function serve(options: PeerServeCommand): Promise<void> {
  if (options.profile === 'list') return say(table(Object.entries(LAB_PROFILES).map(([name, { about }]) => [name, about])));
  const carrier = await carrierOf(options, profileOf(options.profile));
  process.stderr.write(`${options.domain} takes MM4 on port ${carrier.port} (Ctrl-C ends)\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await carrier.close();
}
