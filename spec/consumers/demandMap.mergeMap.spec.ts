import { casesOf, expectDiagram, uses } from '../support/diagram.ts';

const diagrams = {
  'subscribes to the inner of each event as it comes': `
    N         2 3 ∞
    source    -a----b-------c---|
    ^ source  ^-----------------!
    a          --x--x--(x|)
    ^ a       -^-------!
    b               -y----|
    ^ b       ------^-----!
    c                       -z--z--|
    ^ c       --------------^------!
    result    ---x--xy-x-----z--z--|
  `,
  'merges inners that overlap': `
    N         3 4 ∞
    source    -a-----b-----c--------|
    ^ source  ^---------------------!
    *          --i-----j-----k--|
    ^ *       -^----------------!
    ^ *       -------^----------------!
    ^ *       -------------^----------------!
    result    ---i-----(ji)--(kji)-(kj)--k--|
  `,
  'merges inners of many kinds, also in one frame': `
    N         4 ∞
    source    a---b-----c-----d-------|
    ^ source  ^-----------------------!
    a         ----p-----p-----(p|)
    ^ a       ^---------------!
    b             q-----------q----q-|
    ^ b       ----^------------------!
    c                   (r|)
    ^ c       ----------(^!)
    d                         s----s----(s|)
    ^ d       ----------------^---------!
    result    ----(pq)--(pr)--(pqs)(qs)-(s|)
  `,
  'waits for the source, which completes late': `
    N         2 ∞
    source    -a----b----------------|
    ^ source  ^----------------------!
    *          --i--j|
    ^ *       -^-----!
    ^ *       ------^-----!
    result    ---i--j-i--j-----------|
  `,
  'does not complete before the source': `
    N         2 ∞
    source    -a----b-----c-----------
    ^ source  ^-----------------!
    *          --i--j|
    ^ *       -^-----!
    ^ *       ------^-----!
    ^ *       ------------^-----!
    result    ---i--j-i--j--i--j-
    unsub     ------------------!
  `,
  'does not complete before an inner': `
    N         3 ∞
    source    -a-----b-----c---|
    ^ source  ^----------------!
    *          --i-----j---
    ^ *       -^
    ^ *       -------^
    ^ *       -------------^
    result    ---i-----(ji)--(ji)--j
  `,
  'starts with events that come after the subscription': `
    N         1 2 ∞
    source    -x-y-^-a-----b-----c-|
    ^ source       ^---------------!
    x         -#
    y         -#
    *                --i--|
    ^ *            --^----!
    ^ *            --------^----!
    ^ *            --------------^----!
    result         ----i-----i-----i--|
  `,
  'subscribes to the inner of a cold source': `
    N         2 ∞
    cold      a-b--|
    ^ source  ^----!
    *         --i-|
    ^ *       ^---!
    ^ *       --^---!
    result    --i-i-|
  `,
  'does one at a time, in the order of the events': `
    N         1
    source    -a--b--c-|
    ^ source  ^--------!
    *          --i---j|
    ^ *       -^------!
    ^ *       --------^------!
    ^ *       ---------------^------!
    result    ---i---j--i---j--i---j|
  `,
  'does two at a time': `
    N         2
    source    -a--b---c--d|
    ^ source  ^-----------!
    *          --i----j-|
    ^ *       -^--------!
    ^ *       ----^--------!
    ^ *       ----------^--------!
    ^ *       -------------^--------!
    result    ---i--i-j--ji--i-j--j-|
  `,
  'does three at a time, and begins the next when any has completed': `
    N         3
    source    (abcde|)
    ^ source  (^!)
    a         ----a-----|
    ^ a       ^---------!
    b         -b-|
    ^ b       ^--!
    c         ------c|
    ^ c       ^------!
    d            --d--|
    ^ d       ---^----!
    e                -e|
    ^ e       -------^-!
    result    -b--adc-e-|
  `,
  'begins with a hot inner late, one at a time': `
    N         1
    source    -a--b--c---|
    ^ source  ^----------!
    hot a     x---i---j|
    ^ a       -^-------!
    hot b     -x-x-x-x---i---j|
    ^ b       ---------^------!
    hot c     x-xx-x-x-x---x------i--j|
    ^ c       ----------------^-------!
    result    ----i---j--i---j----i--j|
  `,
  'begins with a hot inner late, two at a time': `
    N         2
    source    -a--b--c---|
    ^ source  ^----------!
    hot a     x---i---j|
    ^ a       -^-------!
    hot b     -x-x--i----j---k|
    ^ b       ----^-----------!
    hot c     x-xx-x-x----i-j---i--j|
    ^ c       ---------^------------!
    result    ----i-i-j--ji-jk--i--j|
  `,
  'is blocked for good by inners that never complete': `
    N         2
    source    abc---d--|
    ^ source  ^--------!
    a         -i--------
    ^ a       ^
    b          --j------
    ^ b       -^
    *         k|
    result    -i-j
  `,
  'completes with a source that has no events': `
    N         1 ∞
    source    ----|
    ^ source  ^---!
    *         i|
    result    ----|
  `,
  'stays silent with a source that does': `
    N         1 ∞
    source    -----
    ^ source  ^---!
    *         i|
    result    -----
    unsub     ----!
  `,
  'completes at once with a source that is empty': `
    N         1 ∞
    cold      |
    ^ source  (^!)
    *         i|
    result    |
  `,
  'goes on after inners that are empty': `
    N         1 2 ∞
    source    --a--(bc)--|
    ^ source  ^----------!
    *           |
    ^ *       --(^!)
    ^ *       -----(^!)
    ^ *       -----(^!)
    result    -----------|
  `,
  'goes through a backlog of inners that complete at once': `
    N         1
    source    (abcd|)
    ^ source  (^!)
    a         --i|
    ^ a       ^--!
    *            (j|)
    ^ *       ---(^!)
    ^ *       ---(^!)
    ^ *       ---(^!)
    result    --i(jjj|)
  `,
  'waits for an inner that never emits, beside an empty one': `
    N         2 ∞
    source    --a--b--|
    ^ source  ^-------!
    a           ------
    ^ a       --^------!
    b              |
    ^ b       -----(^!)
    result    ----------
    unsub     ---------!
  `,
  'follows inners that do not overlap': `
    N         1 2 ∞
    source    --a------b------|
    ^ source  ^---------------!
    a           i-i-|
    ^ a       --^---!
    b                  -j-j|
    ^ b       ---------^---!
    result    --i-i-----j-j---|
  `,
  'copes with everything at once, and an inner that errors': `
    N         2
    source    -a-b--^-c---d--e----f---g-|
    ^ source        ^-------------------!
    a         #
    b         #
    c                 -1--2---3|
    ^ c             --^--------!
    d                     ---4----5-|
    ^ d             ------^---------!
    e                          --6--7--|
    ^ e             -----------^-------!
    f                                |
    ^ f             ----------------(^!)
    g                                -8-#
    ^ g             ------------------^--!
    result          ---1--2--43--65-7--8-#
  `,
  'copes with everything at once, and an inner that never ends': `
    N         ∞
    source    -a-b--^-c---d--e----f---g-|
    ^ source        ^-------------------!
    a         #
    b         #
    c                 -1--2---3|
    ^ c             --^--------!
    d                     ---4----5--
    ^ d             ------^------------------!
    e                        --6---7--|
    ^ e             ---------^--------!
    f                             |
    ^ f             --------------(^!)
    g                                 -8-|
    ^ g             ------------------^--!
    result          ---1--2--436--57---8------
    unsub           -------------------------!
  `,
};

describe.each(uses)('demandMap over an Observable, %s, beside mergeMap', (_, use) => {
  it.each(casesOf(diagrams))('%s, with %p at a time', (_title, concurrent, diagram) => {
    expectDiagram(diagram, concurrent, use);
  });
});
