/** The file of results: a section for each benchmark, replaced when it is measured again; words written by hand stay. */

/** What is above the first section, and the sections with their headings. */
function split(text: string): { readonly preface: string; readonly sections: string[] } {
  const [preface = '', ...sections] = text.split(/^(?=## )/m);
  return { preface, sections };
}

const headingOf = (section: string): string => section.split('\n', 1)[0]!;

/**
 * The text with the measured sections in the places of those with the same heading. New ones come in front of `last`, the heading of the words
 * that follow all tables, or at the end where there is none. `heading`: what tells a section's benchmark; figures in it may differ.
 */
export function withSections(
  text: string,
  measured: readonly string[],
  last: string,
  heading: (line: string) => string = (line) => line,
): string {
  const { preface, sections } = split(text);
  for (const section of measured) {
    const whole = `${section.trimEnd()}\n\n`;
    const at = sections.findIndex((one) => heading(headingOf(one)) === heading(headingOf(section)));
    if (at >= 0) {
      sections[at] = whole;
      continue;
    }
    const end = sections.findIndex((one) => headingOf(one) === last);
    sections.splice(end < 0 ? sections.length : end, 0, whole);
  }
  return `${(preface + sections.join('')).trimEnd()}\n`;
}
