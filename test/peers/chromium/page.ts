/** Runs in the browser: fetches the corpus, decodes every file and posts what came of it. */
import { outcomeOf } from './outcome.js';

async function decodeCorpus(): Promise<unknown> {
  const files = (await (await fetch('/files')).json()) as readonly string[];
  const outcomes: Record<string, unknown> = {};
  for (const file of files) {
    const answer = await fetch(`/files/${file}`);
    outcomes[file] = await outcomeOf(file, new Uint8Array(await answer.arrayBuffer()));
  }
  // Names of Node that a bundler could have brought along.
  const node = ['process', 'Buffer', 'require', 'global'].filter((name) => name in globalThis);
  return { node, outcomes };
}

const post = (path: string, value: unknown): Promise<Response> => fetch(path, { method: 'POST', body: JSON.stringify(value) });

decodeCorpus().then(
  (result) => post('/result', result),
  (error: unknown) => post('/failure', String(error instanceof Error ? error.stack : error)),
);
