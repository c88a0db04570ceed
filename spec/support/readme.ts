import { read } from './repository.ts';

/** A fenced block of a Markdown text. */
export interface CodeBlock {
  /** What follows the opening fence: `ts`, `text`, `sh`, or nothing. */
  readonly language: string;
  /** The lines between the fences, without the last line break. */
  readonly code: string;
  /** Its place among the blocks of the text, from 0. */
  readonly index: number;
}

/** The fenced blocks of README.md, in order. */
export function readmeBlocks(): CodeBlock[] {
  const fences = read('README.md').matchAll(/^```(\w*)[^\n]*\n(.*?)\n?^```$/gms);
  return [...fences].map(([, language = '', code = ''], index) => ({ language, code, index }));
}

/** README.md's first block in `language` at or after block `from`. */
export function readmeBlock(language: string, from = 0): CodeBlock {
  const found = readmeBlocks().find((block) => block.language === language && block.index >= from);
  if (!found) throw new Error(`README.md has no \`\`\`${language} block after its first ${from} blocks`);
  return found;
}
