/** The presentation of a message in the SMIL 2.0 subset that all handsets understand (OMA MMS Conformance, "MMS SMIL"). Pure. */
import type { SlideElement } from './media.js';

/** Something to show, named by its Content-Location. */
export interface Shown {
  readonly element: Exclude<SlideElement, 'none'>;
  readonly location: string;
}

type Slide = Partial<Record<'visual' | 'text' | 'audio', Shown>>;

/** Slides are timed; a reader turns them over by hand as well. */
const SLIDE_MS = 5000;

/** In pixels, as the root layout takes no percentages; a reader scales it to its own screen. */
const SCREEN = { width: 320, height: 480 };

/**
 * One slide after the other, each with at most one picture or video, one text and one audio (a video brings its own sound): the most that
 * the subset allows. Things go into the first slide that has room at or after the last one, so the sender's order is kept.
 */
export function presentation(shown: readonly Shown[]): string {
  const pages = slides(shown).map((slide) => `<par dur="${SLIDE_MS}ms">${page(slide)}</par>`);
  return `<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><head><layout>${layout(shown)}</layout></head><body>${pages.join('')}</body></smil>`;
}

function slides(shown: readonly Shown[]): readonly Slide[] {
  const pages: Slide[] = [];
  for (const it of shown) {
    const last = pages.at(-1);
    const place = it.element === 'text' || it.element === 'audio' ? it.element : 'visual';
    const silent =
      it.element === 'video' ? last?.audio === undefined : it.element !== 'audio' || last?.visual?.element !== 'video';
    if (last && last[place] === undefined && silent) last[place] = it;
    else pages.push({ [place]: it });
  }
  return pages;
}

/** The two regions of the subset; the names are fixed. A region that nothing uses is left out. */
function layout(shown: readonly Shown[]): string {
  const visual = shown.some((it) => it.element === 'img' || it.element === 'video');
  const text = shown.some((it) => it.element === 'text');
  const image = `<region id="Image" left="0" top="0" width="100%" height="${text ? '70%' : '100%'}" fit="meet"/>`;
  const words = `<region id="Text" left="0" top="${visual ? '70%' : '0'}" width="100%" height="${visual ? '30%' : '100%'}" fit="scroll"/>`;
  return `<root-layout width="${SCREEN.width}" height="${SCREEN.height}"/>${visual ? image : ''}${text ? words : ''}`;
}

function page(slide: Slide): string {
  const region = { visual: ' region="Image"', text: ' region="Text"', audio: '' };
  return (['visual', 'text', 'audio'] as const)
    .map((place) => slide[place] && `<${slide[place].element} src="${attribute(slide[place].location)}"${region[place]}/>`)
    .filter((it) => it !== undefined)
    .join('');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const attribute = (text: string): string => text.replace(/[&<>"]/g, (it) => ENTITIES[it]!);
