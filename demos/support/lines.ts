/** The lines of a text that comes in chunks, without empty ones. Asks for a chunk when all lines before are taken. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[], void, void> {
  let unfinished = '';
  for await (const chunk of chunks) {
    const lines = chunk.split('\n');
    lines[0] = unfinished + lines[0]!;
    unfinished = lines.pop()!;
    yield withText(lines);
  }
  yield withText([unfinished]);
}

const withText = (lines: readonly string[]) =>
  lines.map((line) => line.trimEnd()).filter((line) => line !== '');
