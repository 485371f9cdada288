/** Presentations: the order in which one shows its parts, and a plain one for content that has none. SMIL as in TS 26.140 and MMS conformance (OMA). */

/** What a presentation refers to, in the order of the document, each once; `cid:` is kept. */
export function smilReferences(smil: string): string[] {
  const found: string[] = [];
  for (let at = smil.indexOf('src'); at >= 0; at = smil.indexOf('src', at + 3)) {
    const value = attributeAt(smil, at + 3);
    if (value !== undefined && value !== '' && !found.includes(value)) found.push(value);
    if (found.length === REFERENCES_MAX) break;
  }
  return found;
}

/** References of one presentation that are looked at. Source: as many parts as the codec reads. */
const REFERENCES_MAX = 1024;

/** The value of the attribute whose name ends at `at`. */
function attributeAt(smil: string, at: number): string | undefined {
  const [, quote] = /^\s{0,8}=\s{0,8}(["'])/.exec(smil.slice(at, at + 20)) ?? [];
  if (quote === undefined) return undefined;
  const start = smil.indexOf(quote, at) + 1;
  const end = smil.indexOf(quote, start);
  return end < 0 ? undefined : unescaped(smil.slice(start, end).trim());
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** One part of a presentation to be made. */
export interface Shown {
  /** Media type. */
  readonly media: string;
  /** Its Content-Location. */
  readonly src: string;
}

/** Which region a medium is shown in; absent for what is only heard, and for what cannot be shown. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['image', 'img'],
  ['video', 'video'],
  ['audio', 'audio'],
  ['text', 'text'],
]);

const elementOf = ({ media }: Shown): string | undefined => ELEMENTS.get(media.split('/', 1)[0]!);

/** How long a slide is shown. Phones let the user go on. */
const SLIDE_SECONDS = 8;

/** Slides: a medium, and the text that follows it. */
function slidesOf(parts: readonly Shown[]): Shown[][] {
  const slides: Shown[][] = [];
  for (const part of parts.filter((one) => elementOf(one) !== undefined)) {
    const last = slides.at(-1);
    const isText = elementOf(part) === 'text';
    if (isText && last !== undefined && !last.some((one) => elementOf(one) === 'text')) last.push(part);
    else slides.push([part]);
  }
  return slides;
}

/** A presentation that shows `parts` in their order: each picture, film or sound with the text behind it on a slide. */
export function makeSmil(parts: readonly Shown[]): string {
  const slides = slidesOf(parts)
    .map((slide) => {
      const elements = slide.map((one) => {
        const element = elementOf(one)!;
        const region = element === 'text' ? ' region="Text"' : element === 'audio' ? '' : ' region="Image"';
        return `<${element} src="${escaped(one.src)}"${region}/>`;
      });
      return `<par dur="${SLIDE_SECONDS}s">${elements.join('')}</par>`;
    })
    .join('');
  const layout =
    '<layout><root-layout/><region id="Image" top="0" left="0" height="70%" width="100%" fit="meet"/>' +
    '<region id="Text" top="70%" left="0" height="30%" width="100%" fit="scroll"/></layout>';
  return `<smil><head>${layout}</head><body>${slides}</body></smil>`;
}
