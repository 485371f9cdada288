/** The recorded PDUs and mails as examples. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../../test/corpus/mms-pdus/', import.meta.url);

/** All files below the corpus with this ending, in one order on every machine. */
export const recorded = (ending: '.mms' | '.wsp'): readonly Uint8Array[] =>
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => new Uint8Array(readFileSync(new URL(file, FOLDER))));

const MAIL_FOLDERS = ['mm3', 'mm4'].map((name) => new URL(`../../../../test/corpus/${name}/`, import.meta.url));

/** All mails to and from MMSCs. */
export const recordedMail = (): readonly Uint8Array[] =>
  MAIL_FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.eml'))
      .sort()
      .map((file) => new Uint8Array(readFileSync(new URL(file, folder)))),
  );

/** All MM7 messages: documents, and HTTP bodies that begin with their boundary. */
export const recordedMm7 = (): readonly Uint8Array[] => {
  const folder = new URL('../../../../test/corpus/mm7/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.xml') || file.endsWith('.multipart'))
    .sort()
    .map((file) => new Uint8Array(readFileSync(new URL(file, folder))));
};
