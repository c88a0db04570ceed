import { casesOf, expectDiagram, uses } from '../support/diagram.ts';

const diagrams = {
  'errors when an inner does, and leaves the others': `
    N         3 ∞
    source    -a-----b-----c-d
    ^ source  ^------------!
    *          --i-----j---#
    ^ *       -^-----------!
    ^ *       -------^-----!
    ^ *       -------------(^!)
    result    ---i-----(ji)#
  `,
  'errors when an inner does, and forgets the backlog': `
    N         1
    source    -a---b---c---|
    ^ source  ^---------!
    a          --i---j|
    ^ a       -^------!
    b                 --#
    ^ b       --------^-!
    *                  -
    result    ---i---j--#
  `,
  'errors when the source does, and leaves the inners': `
    N         3 ∞
    source    -a-----b-----c------#
    ^ source  ^-------------------!
    *          --i-----j-----k|
    ^ *       -^--------------!
    ^ *       -------^------------!
    ^ *       -------------^------!
    result    ---i-----(ji)--(kji)#
  `,
  'errors when the source does, whatever waits': `
    N         1
    source    -a---b---c---#
    ^ source  ^------------!
    *          --i---j---|
    ^ *       -^---------!
    ^ *       -----------^-!
    result    ---i---j-----#
  `,
  'errors once when an inner and later the source would': `
    N         2 ∞
    source    -a-----b---------#
    ^ source  ^------------!
    *          --i-----j---#
    ^ *       -^-----------!
    ^ *       -------^-----!
    result    ---i-----(ji)#
  `,
  'errors once when the source and later an inner would': `
    N         2 ∞
    source    -a---b--#
    ^ source  ^-------!
    *          --i---------#
    ^ *       -^------!
    ^ *       -----^--!
    result    ---i---i#
  `,
  'errors when project throws, and leaves the inners': `
    N         2 3 ∞
    source    -a---b---c---|
    ^ source  ^----!
    a          --i---j---k---l|
    ^ a       -^---!
    b         throws
    result    ---i-#
  `,
  'errors when project throws for an event that waited': `
    N         1
    source    -a-b-c-------|
    ^ source  ^-------!
    a          --i---j|
    ^ a       -^------!
    b         throws
    *         |
    result    ---i---j#
  `,
  'tears all down in the frame of the unsubscription': `
    N         3 ∞
    source    -a-----b-----c-----d---|
    ^ source  ^--------------!
    *          --i-----j-----k---|
    ^ *       -^-------------!
    ^ *       -------^-------!
    ^ *       -------------^-!
    result    ---i-----(ji)---
    unsub     ---------------!
  `,
  'never begins what waited when it is unsubscribed': `
    N         2
    source    -a-b-c-d---|
    ^ source  ^----------!
    *          --i---j---|
    ^ *       -^---------!
    ^ *       ---^---------!
    ^ *       -----------^-!
    result    ---i-i-j-j----
    unsub     -------------!
  `,
  'can be unsubscribed before there is anything': `
    N         1 ∞
    source    ----a---|
    ^ source  ^-!
    *             i|
    result    ---
    unsub     --!
  `,
  'passes on an error of the source that comes at once': `
    N         1 ∞
    cold      #
    ^ source  (^!)
    *         i|
    result    #
  `,
  'errors at once with an inner that does': `
    N         1 2 ∞
    source    --a--b--|
    ^ source  ^----!
    a           |
    ^ a       --(^!)
    b              #
    ^ b       -----(^!)
    result    -----#
  `,
  'errors in time with an inner that does, beside one that never emits': `
    N         2 ∞
    source    --a--b--|
    ^ source  ^-------!
    a           -----
    ^ a       --^------!
    b              ----#
    ^ b       -----^---!
    result    ---------#
  `,
};

describe.each(uses)('demandMap over an Observable, %s, beside mergeMap, when it ends early', (_, use) => {
  it.each(casesOf(diagrams))('%s, with %p at a time', (_title, concurrent, diagram) => {
    expectDiagram(diagram, concurrent, use);
  });
});
