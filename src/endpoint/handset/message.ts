/** A message as a handset composes it: text and files become parts with a presentation that shows them. */
import { type Content, makeContent } from '#codec/mms';
import type { Part } from '#codec/wsp';
import { mediaTypeOf, slideElementOf } from './media.js';
import { presentation, type Shown } from './smil.js';

export interface Composition {
  readonly text?: string;
  /** In the order in which they are shown. */
  readonly files: readonly AttachedFile[];
}

export interface AttachedFile {
  /** A path is cut to its last component. */
  readonly name: string;
  /** Media type; absent: found out from content and name. */
  readonly type?: string;
  readonly data: Uint8Array;
}

const PRESENTATION_ID = '<presentation>';
const PRESENTATION_LOCATION = 'presentation.smil';

/**
 * A multipart.related whose root is the presentation. Encoded once: the same content can be sent any number of times.
 * Text is UTF-8. Part names are ASCII (the wire's names have no charset), other characters become `_`; equal names are numbered.
 */
export function buildMessage(composition: Composition): Content {
  const names = new Set([PRESENTATION_LOCATION]);
  const attached: Part[] = [];
  const files =
    composition.text === undefined
      ? composition.files
      : [{ name: 'text.txt', type: 'text/plain', data: new TextEncoder().encode(composition.text) }, ...composition.files];
  for (const file of files) attached.push(toPart(file, names));
  const shown = attached.flatMap((part): Shown[] => {
    const element = slideElementOf(part.contentType.media);
    return element === 'none' ? [] : [{ element, location: part.contentLocation! }];
  });
  const smil: Part = {
    contentType: { media: 'application/smil', parameters: { charset: 'utf-8', name: PRESENTATION_LOCATION } },
    contentId: PRESENTATION_ID,
    contentLocation: PRESENTATION_LOCATION,
    headers: [],
    data: new TextEncoder().encode(presentation(shown)),
  };
  return makeContent([smil, ...attached], {
    media: 'application/vnd.wap.multipart.related',
    // Start before Type, as handsets write it.
    parameters: { start: PRESENTATION_ID, type: 'application/smil' },
  });
}

function toPart(file: AttachedFile, taken: Set<string>): Part {
  const media = file.type?.toLowerCase() ?? mediaTypeOf(file.name, file.data);
  const name = uniqueName(file.name, taken);
  const charset = media.startsWith('text/') && isUtf8(file.data) ? { charset: 'utf-8' } : {};
  return {
    contentType: { media, parameters: { ...charset, name } },
    contentId: `<${name}>`,
    contentLocation: name,
    headers: [],
    data: file.data,
  };
}

function uniqueName(wanted: string, taken: Set<string>): string {
  const last = wanted.split(/[\\/]/).at(-1)!;
  const plain = last.replace(/[^A-Za-z0-9._-]/g, '_') || 'part';
  const [, stem, extension] = /^(.*?)(\.[^.]*)?$/.exec(plain)!;
  let name = plain;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}-${n}${extension ?? ''}`;
  taken.add(name.toLowerCase());
  return name;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function isUtf8(data: Uint8Array): boolean {
  try {
    strictUtf8.decode(data);
    return true;
  } catch (e) {
    if (e instanceof TypeError) return false;
    throw e;
  }
}
