import * as fc from 'fast-check';
import { NOTHING, Stage, type Subscription } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { range } from './support/stages.ts';

const ops = ['emit', 'emit', 'push', 'attach', 'ask', 'ask', 'pull', 'cancel', 'info'] as const;
const reactions = ['nothing', 'nothing', 'ask', 'emit', 'push', 'pull', 'cancel', 'info'] as const;

const scenario = fc.record({
  bufferSize: fc.oneof(fc.nat(4), fc.constant(Infinity)),
  bufferKeep: fc.constantFrom('first' as const, 'last' as const),
  steps: fc.array(fc.record({ op: fc.constantFrom(...ops), who: fc.nat(3), count: fc.nat(4) }), {
    maxLength: 30,
  }),
  /** What the consumers do about the batches they get, one after the other. */
  reactions: fc.array(fc.constantFrom(...reactions), { maxLength: 20 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

interface Party {
  readonly subscription: Subscription<number>;
  asked: number;
  got: number;
  left: boolean;
}

/** A producer, its consumers and all that becomes of its events. */
class World {
  readonly stage: Stage<never, number>;
  readonly parties: Party[] = [];
  /** The events, in the order they were delivered or pulled. */
  readonly delivered: number[] = [];
  readonly dropped: number[] = [];
  /** The events that demand was answered with; the others were emitted. */
  readonly answered = new Set<number>();
  /** Each side message: how many events came before it, and how many had gone when it was due. */
  readonly messages: { readonly before: number; gone: number }[] = [];
  emitted = 0;
  readonly #reactions: (typeof reactions)[number][];

  /** @param answers how many events `handleDemand` answers with each time; without it there is no `handleDemand` */
  constructor({ bufferSize, bufferKeep, reactions }: Scenario, answers?: readonly number[]) {
    this.#reactions = [...reactions];
    const counts = answers?.values();
    this.stage = new Stage<never, number>(
      'producer',
      {
        ...(counts && { handleDemand: () => this.#answer(counts.next().value ?? 0) }),
        discarded: (events) => {
          this.dropped.push(...events);
        },
        handleInfo: (message) => {
          (message as World['messages'][number]).gone = this.delivered.length + this.dropped.length;
        },
      },
      { bufferSize, bufferKeep },
    );
    this.attach();
  }

  create(count: number): readonly number[] {
    const events = range(this.emitted, this.emitted + count);
    this.emitted += count;
    return events;
  }

  #answer(count: number): readonly number[] {
    const events = this.create(count);
    for (const event of events) this.answered.add(event);
    return events;
  }

  attach(): void {
    const consumer = new Recorder<number>((events) => {
      party.got += events.length;
      this.delivered.push(...events);
      this.act(this.#reactions.shift() ?? 'nothing', party, 2);
    });
    const party: Party = { subscription: this.stage.attach(consumer), asked: 0, got: 0, left: false };
    this.parties.push(party);
  }

  act(op: (typeof ops | typeof reactions)[number], party: Party, count: number): void {
    switch (op) {
      case 'emit':
        this.stage.emit(this.create(count));
        break;
      case 'push':
        this.stage.push(this.emitted++);
        break;
      case 'attach':
        this.attach();
        break;
      case 'ask':
        if (!party.left) party.asked += count;
        party.subscription.ask(count);
        break;
      case 'pull':
        this.#pull(party);
        break;
      case 'cancel':
        party.left = true;
        party.subscription.cancel();
        break;
      case 'info': {
        const message = { before: this.emitted, gone: -1 };
        this.messages.push(message);
        this.stage.info(message);
        break;
      }
      case 'nothing':
    }
  }

  #pull(party: Party): void {
    if (!party.left) party.asked++;
    const event = party.subscription.pull();
    if (event === NOTHING) return;
    party.got++;
    this.delivered.push(event);
  }
}

function run(
  scenario: Scenario,
  answers: readonly number[] | undefined,
  check: (world: World) => void = () => {},
): World {
  const world = new World(scenario, answers);
  for (const { op, who, count } of scenario.steps) {
    world.act(op, world.parties[who % world.parties.length]!, count);
    check(world);
  }
  return world;
}

const ascending = (events: readonly number[]) => [...events].sort((a, b) => a - b);

describe.each([
  ['without handleDemand', fc.constant(undefined)],
  ['with handleDemand', fc.array(fc.nat(6), { maxLength: 30 })],
])('A producer %s, whatever is done', (_, answers) => {
  it('never delivers more than was asked', () => {
    fc.assert(
      fc.property(scenario, answers, (scenario, answers) => {
        run(scenario, answers, ({ parties }) => {
          for (const { asked, got } of parties) expect(got).toBeLessThanOrEqual(asked);
        });
      }),
    );
  });

  it('delivers each event once: delivered, dropped or waiting', () => {
    fc.assert(
      fc.property(scenario, answers, (scenario, answers) => {
        run(scenario, answers, ({ stage, delivered, dropped, emitted }) => {
          expect(ascending([...delivered, ...dropped, ...stage.peek()])).toEqual(range(0, emitted));
        });
      }),
    );
  });

  it('delivers in order: what is emitted, and what is answered', () => {
    fc.assert(
      fc.property(scenario, answers, (scenario, answers) => {
        const { delivered, answered } = run(scenario, answers);
        // What is emitted in a delivery is read as mail, after the answer to the ask that led to the delivery.
        const ordered = [true, false].map((of) => delivered.filter((event) => answered.has(event) === of));
        for (const events of ordered) expect(events).toEqual(ascending(events));
      }),
    );
  });

  it('tells the demand that is open', () => {
    fc.assert(
      fc.property(scenario, answers, (scenario, answers) => {
        run(scenario, answers, ({ stage, parties }) => {
          const owed = parties.filter(({ left }) => !left).map(({ asked, got }) => asked - got);
          expect(stage.demand).toBe(owed.reduce((sum, one) => sum + one, 0));
        });
      }),
    );
  });

  it('delivers a side message after the events that came before it, and while there are any', () => {
    const quietly = scenario.map((one) => ({ ...one, reactions: [] }));
    fc.assert(
      fc.property(quietly, answers, (scenario, answers) => {
        const { messages, stage } = run(scenario, answers);
        expect(messages.filter(({ before, gone }) => gone >= 0 && gone < before)).toEqual([]);
        const waiting = messages.filter(({ gone }) => gone < 0).length;
        expect(waiting === 0 || stage.estimatedBufferedCount > 0).toBe(true);
      }),
    );
  });
});

describe('A producer without handleDemand, whatever is done', () => {
  it('never has both events and demand', () => {
    fc.assert(
      fc.property(scenario, (scenario) => {
        run(scenario, undefined, ({ stage }) => {
          expect(Math.min(stage.size, stage.demand)).toBe(0);
        });
      }),
    );
  });
});
