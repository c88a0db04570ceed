import { read } from './repository.ts';

/** A fenced block of a Markdown text. */
export interface CodeBlock {
  /** The file that it is in. */
  readonly path: string;
  /** What follows the opening fence: `ts`, `text`, `sh`, or nothing. */
  readonly language: string;
  /** The lines between the fences, without the last line break. */
  readonly code: string;
  /** Its place among the blocks of the text, from 0. */
  readonly index: number;
}

/** The fenced blocks of a Markdown file, in order. */
export function codeBlocks(path: string): CodeBlock[] {
  const fences = read(path).matchAll(/^```(\w*)[^\n]*\n(.*?)\n?^```$/gms);
  return [...fences].map(([, language = '', code = ''], index) => ({ path, language, code, index }));
}

/** A file's first block in `language` at or after block `from`. */
export function codeBlock(path: string, language: string, from = 0): CodeBlock {
  const found = codeBlocks(path).find((block) => block.language === language && block.index >= from);
  if (!found) throw new Error(`${path} has no \`\`\`${language} block after its first ${from} blocks`);
  return found;
}

/** True for an example that is a jest test. */
export const isTest = ({ code }: CodeBlock): boolean => /^it\(/m.test(code);
