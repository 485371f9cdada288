/** Cuts what a server sends into replies. RFC 5321 4.2, RFC 2034. A server is not trusted to end a line, a reply, or itself. */
import { LIMITS } from '#base';
import type { SmtpReply } from '../reply.js';

/** A reply as it came: the text of each line, without code. */
export interface RawReply {
  readonly code: number;
  readonly lines: readonly string[];
}

const LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/s;

export class ReplyReader {
  private rest = '';
  private code = 0;
  private lines: string[] = [];

  /** Whether something has come of a reply that is not whole. */
  get isWithin(): boolean {
    return this.rest !== '' || this.lines.length > 0;
  }

  /** The replies that are whole now; undefined when what came is none, and the connection can only be ended. */
  read(chunk: Buffer): RawReply[] | undefined {
    const replies: RawReply[] = [];
    const lines = (this.rest + chunk.toString('latin1')).split('\n');
    this.rest = lines.pop()!;
    if (this.rest.length > LIMITS.smtpReplyLineOctetsMax) return undefined;
    for (const line of lines) {
      const [, code, divider, text = ''] = LINE.exec(line.endsWith('\r') ? line.slice(0, -1) : line) ?? [];
      if (code === undefined || line.length > LIMITS.smtpReplyLineOctetsMax) return undefined;
      if (this.lines.length > 0 && Number(code) !== this.code) return undefined;
      if (this.lines.length >= LIMITS.smtpReplyLinesMax) return undefined;
      this.code = Number(code);
      this.lines.push(text);
      if (divider === '-') continue;
      replies.push({ code: this.code, lines: this.lines });
      this.lines = [];
    }
    return replies;
  }
}

const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/;

/** For people and outcomes: the enhanced code told apart, control characters taken out, bounded. */
export function asReply({ code, lines }: RawReply): SmtpReply {
  const enhanced = ENHANCED.exec(lines[0] ?? '')?.[1];
  const ofClass = enhanced?.startsWith(String(code)[0]!) ? enhanced : undefined;
  const text = lines
    .map((line) => (ofClass !== undefined && line.startsWith(ofClass) ? line.slice(ofClass.length).trimStart() : line))
    .map((line) => Buffer.from(line, 'latin1').toString('utf8').replace(CONTROLS, ' '))
    .join('\n')
    .slice(0, LIMITS.smtpReplyTextMax);
  return { code, ...(ofClass === undefined ? {} : { enhanced: ofClass }), text };
}

const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;
