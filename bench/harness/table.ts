/** Rows as a markdown table. */
import type { Row } from './bench.js';

/** Columns are the union of all rows' figures, in order of appearance; an absent figure is empty. */
export function toMarkdown(rows: readonly Row[]): string {
  const figures = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const texts = (['reach', 'baseline', 'note'] as const).filter((column) => rows.some((row) => row[column] !== undefined));
  const lines = [
    ['benchmark', ...figures, ...texts],
    ['---', ...figures.map(() => '---:'), ...texts.map(() => '---')],
    ...rows.map((row) => [row.benchmark, ...figures.map((f) => printed(row.figures[f])), ...texts.map((t) => row[t] ?? '')]),
  ];
  return `${lines.map((cells) => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')}\n`;
}

/** Three digits that mean something, thousands apart. */
function printed(figure: number | string | undefined): string {
  if (figure === undefined) return '';
  if (typeof figure === 'string') return figure;
  if (Math.abs(figure) >= 100 || Number.isInteger(figure)) return Math.round(figure).toLocaleString('en-GB');
  return String(Number(figure.toPrecision(3)));
}
