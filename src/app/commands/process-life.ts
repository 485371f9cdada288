/** What the commands that run a program share: how it is told to stop, and what others may do with its files. */

/** A signal within this time is the first one once more: npm and shells hand on what the terminal has sent too. Unit: milliseconds. */
const SAME_SIGNAL_MS = 1_000;

/** Resolves with the first of the signals that end a program; a second one ends it at once. */
export const ending = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let first: number | undefined;
    const end = (signal: NodeJS.Signals): void => {
      first ??= performance.now();
      if (performance.now() - first > SAME_SIGNAL_MS) process.exit(1);
      resolve(signal);
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });

/** What others may not do with what the program makes: messages are for owner and group. Beside what the umask of whoever starts it says. */
export const OTHERS_MASK = 0o027;
