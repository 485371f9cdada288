/** Writes the parts of a retrieved message to a folder. Names come from the sender, so nothing of them is believed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS, ok, type Result } from '#base';
import { type DecodeError, decodeParts, type RetrieveConf } from '#codec/mms';
import type { ContentType, Part } from '#codec/wsp';
import { extensionOf } from './media.js';

export interface SavedPart {
  readonly path: string;
  readonly contentType: ContentType;
  readonly octets: number;
}

/**
 * Saves each part under the name it was given, reduced to letters, digits and a few signs, inside `folder` (made if need be), never over an
 * existing file. Content that is no multipart is one part; an answer without content has none. Errors: content that cannot be taken apart; the
 * file system's reject.
 */
export async function saveParts(
  conf: Pick<RetrieveConf, 'content'>,
  folder: string,
): Promise<Result<readonly SavedPart[], DecodeError>> {
  const parts = conf.content ? decodeParts(conf.content) : ok([]);
  if (!parts.ok) return parts;
  await mkdir(folder, { recursive: true });
  const saved: SavedPart[] = [];
  for (const [i, part] of parts.value.entries()) {
    const path = await writeNew(folder, fileName(part, i + 1), part.data);
    saved.push({ path, contentType: part.contentType, octets: part.data.length });
  }
  return ok(saved);
}

/** Fifty characters of four octets, and the extension, stay under the 255 octets of common file systems. */
const NAME_CHARACTERS_MAX = 50;

/** A harmless file name: the last component of what the part calls itself, with an extension; `part-3.jpg` when it says nothing. */
function fileName(part: Part, position: number): string {
  const { name, filename } = part.contentType.parameters;
  const said = part.contentLocation ?? name ?? filename ?? part.contentId?.replace(/^<|>$/g, '') ?? '';
  // Letters of any script are kept, as people name files in their own; separators, control and bidirectional characters are not letters.
  const harmless = (said.split(/[\\/]/).at(-1) ?? '').replace(/[^\p{L}\p{N}\p{M} ._()-]/gu, '_').replace(/^[. ]+|[. ]+$/g, '');
  const dot = harmless.lastIndexOf('.');
  const stem = [...(dot > 0 ? harmless.slice(0, dot) : harmless)].slice(0, NAME_CHARACTERS_MAX).join('') || `part-${position}`;
  const extension = dot > 0 ? harmless.slice(dot + 1, dot + 1 + MAX_EXTENSION) : extensionOf(part.contentType.media);
  return `${RESERVED.test(stem) ? `_${stem}` : stem}.${extension}`;
}

const MAX_EXTENSION = 10;
/** Device names that Windows opens whatever the extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

/** Creates a file that was not there (a link in its place counts as there), numbering the name until there is none. */
async function writeNew(folder: string, name: string, data: Uint8Array): Promise<string> {
  const dot = name.lastIndexOf('.');
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${name.slice(0, dot)}-${n}${name.slice(dot)}`);
    try {
      await writeFile(path, data, { flag: 'wx' });
      return path;
    } catch (e) {
      if (!(e instanceof Error && 'code' in e && e.code === 'EEXIST' && n < LIMITS.savedNamesakesMax)) throw e;
    }
  }
}
