/**
 * HTML as text, for phones: what a reader would see, without marks, scripts and styles. In one pass and without regular expressions over the
 * whole; no address in it is ever asked for anything, so that a picture that counts readers counts none.
 */

/** Elements whose content nobody sees. */
const HIDDEN: readonly string[] = ['script', 'style', 'head', 'title', 'template', 'noscript', 'svg', 'object'];
/** Elements that begin and end a line. */
const BLOCKS: readonly string[] = [
  'p',
  'div',
  'tr',
  'li',
  'ul',
  'ol',
  'table',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'blockquote',
  'pre',
  'section',
  'article',
  'header',
  'footer',
  'hr',
  'form',
];

/** Entities that occur in mail; any other one stays as it is written. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  pound: '£',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ntilde: 'ñ',
  aring: 'å',
  Aring: 'Å',
  oslash: 'ø',
  Oslash: 'Ø',
  aelig: 'æ',
  AElig: 'Æ',
  zwnj: '',
  zwj: '',
  deg: '°',
  times: '×',
};
const ENTITY_CHARACTERS_MAX = 10;

/** What the entity that begins at `at` of `html` means, and where it ends. */
function entityAt(html: string, at: number): { readonly text: string; readonly end: number } {
  const length = html.slice(at, at + ENTITY_CHARACTERS_MAX + 1).indexOf(';');
  if (length < 0) return { text: '&', end: at + 1 };
  const end = at + length;
  const name = html.slice(at + 1, end);
  const numeric = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
  if (numeric !== null) {
    const code = numeric[1] === undefined ? Number(numeric[2]) : Number.parseInt(numeric[1], 16);
    const legal = code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
    return { text: legal ? String.fromCodePoint(code) : ' ', end: end + 1 };
  }
  return Object.hasOwn(ENTITIES, name) ? { text: ENTITIES[name]!, end: end + 1 } : { text: '&', end: at + 1 };
}

/** Where the tag that begins at `at` ends: behind its `>`, quotes in attributes respected; the end of the text for one that is cut. */
function tagEnd(html: string, at: number): number {
  let quote = '';
  for (let i = at + 1; i < html.length; i++) {
    const c = html[i]!;
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if ((c === '"' || c === "'") && html[i - 1] === '=') quote = c;
    else if (c === '>') return i + 1;
  }
  return html.length;
}

class TextMaker {
  private lines: string[] = [];
  private line = '';

  /** Words, blanks between them one each. */
  text(text: string): void {
    for (const word of text.split(/([ \t\r\n\f\u00a0]+)/)) {
      if (word === '') continue;
      if (/^[ \t\r\n\f\u00a0]/.test(word)) {
        if (this.line !== '' && !this.line.endsWith(' ')) this.line += ' ';
      } else this.line += word;
    }
  }

  lineBreak(): void {
    this.lines.push(this.line.trimEnd());
    this.line = '';
  }

  block(): void {
    if (this.line.trim() !== '') this.lineBreak();
    else this.line = '';
  }

  paragraph(): void {
    this.block();
    if (this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('');
  }

  finish(): string {
    this.block();
    while (this.lines.at(-1) === '') this.lines.pop();
    return this.lines.join('\r\n');
  }
}

/** Where the hidden element `name` that begins at `at` ends. */
function behindHidden(lower: string, name: string, at: number): number {
  const close = lower.indexOf(`</${name}`, at);
  return close < 0 ? lower.length : tagEnd(lower, close);
}

/** Carries out a tag. */
function apply(name: string, closing: boolean, out: TextMaker): void {
  if (name === 'br') out.lineBreak();
  else if (name === 'p') out.paragraph();
  else if (name === 'li' && !closing) {
    out.block();
    out.text('- ');
  } else if (name === 'td' || name === 'th') out.text(' ');
  else if (BLOCKS.includes(name)) out.block();
}

/** The text of `html`; lines end in CR LF, there is none at the end. */
export function htmlText(html: string): string {
  const out = new TextMaker();
  const lower = html.toLowerCase();
  let at = 0;
  let plain = '';
  const flush = (): void => {
    if (plain !== '') out.text(plain);
    plain = '';
  };
  while (at < html.length) {
    const c = html[at]!;
    if (c === '&') {
      const entity = entityAt(html, at);
      plain += entity.text;
      at = entity.end;
    } else if (c !== '<' || !/[a-z/!?]/.test(lower[at + 1] ?? '')) {
      const next = nextMark(html, at + 1);
      plain += html.slice(at, next);
      at = next;
    } else if (lower.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at);
      at = end < 0 ? html.length : end + 3;
    } else {
      flush();
      const end = tagEnd(html, at);
      const [, slash, name = ''] = /^<(\/?)([a-z0-9]*)/.exec(lower.slice(at, at + ELEMENT_CHARACTERS_MAX)) ?? [];
      apply(name, slash === '/', out);
      at = slash !== '/' && HIDDEN.includes(name) ? behindHidden(lower, name, end) : end;
    }
  }
  flush();
  return out.finish();
}

/** Longest name of an element that is looked at, with what opens it. */
const ELEMENT_CHARACTERS_MAX = 16;

/** Where the next character with a meaning stands. */
function nextMark(html: string, from: number): number {
  let i = from;
  while (i < html.length && html[i] !== '<' && html[i] !== '&') i++;
  return i;
}
