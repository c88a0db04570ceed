import { posix } from 'node:path';
import * as ts from 'typescript';
import * as engine from '../src/engine/index.ts';
import * as main from '../src/index.ts';
import * as testing from '../src/testing/index.ts';
import { filesIn, read } from './support/repository.ts';
import { runTool } from './support/run.ts';

/** What each folder of src is for. */
const folders: Record<string, string> = {
  src: 'the public API (index.ts), its types (types.ts, options.ts) and errors',
  'src/consumers': 'what ends a pipeline: consumers, as RxJS operators',
  'src/dispatchers': 'who gets what: pure state machines, without RxJS',
  'src/engine': "GenStage's protocol as plain objects, without RxJS; public as rxjs-genstage/engine",
  'src/face': 'what producers, stages and consumers share: how they sit on the engine',
  'src/producers': 'what answers demand: queues and other sources',
  'src/stages': 'what takes events and is a producer of others: producer-consumers',
  'src/testing': "helpers for users' marble tests; public as rxjs-genstage/testing",
};

const sources = filesIn('src');

describe('The modules of src', () => {
  it('import each other only as .dependency-cruiser.cjs allows', async () => {
    const options = ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
    const { modules, summary } = JSON.parse(await runTool('depcruise', options)) as {
      modules: { source: string }[];
      summary: { violations: { from: string; to: string; rule: { name: string } }[] };
    };
    expect(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    // With a compiler that it cannot use it sees no modules, and finds nothing wrong.
    expect(modules.map(({ source }) => source)).toEqual(expect.arrayContaining(sources));
  });

  it('lie in folders that each have a role', () => {
    const found = new Set(sources.map((path) => posix.dirname(path)));
    expect([...found].sort()).toEqual(Object.keys(folders).sort());
  });

  it('have at most 300 lines', () => {
    const long = sources.filter((path) => read(path).trimEnd().split('\n').length > 300);
    expect(long).toEqual([]);
  });

  it('have no default export', () => {
    const offenders = sources.filter((path) => /^\s*export\s+default\b|\bas\s+default\b/m.test(read(path)));
    expect(offenders).toEqual([]);
  });
});

describe('The public API', () => {
  it.each(['src/index.ts', 'src/testing/index.ts', 'src/engine/index.ts'])('%s lists each export', (path) => {
    expect(read(path)).not.toMatch(/^\s*export\s+\*/m);
  });

  it("has these values in 'rxjs-genstage'", () => {
    expect(Object.keys(main).sort()).toMatchInlineSnapshot(`
      [
        "AsyncOperatorError",
        "BufferOverflowError",
        "DemandQueue",
        "ExcessEventsError",
        "QueueClosedError",
        "RestartIntensityError",
        "SubscriptionRefused",
        "batch",
        "broadcast",
        "consume",
        "consumerSupervisor",
        "demand",
        "demandMap",
        "estimateBufferedCount",
        "fair",
        "fromAsyncIterable",
        "fromIterable",
        "fromObservable",
        "handleEvents",
        "keySerial",
        "mergeProducers",
        "partition",
        "producer",
        "rateLimit",
        "stage",
        "supervise",
        "tapDemand",
        "through",
        "toAsyncIterable",
      ]
    `);
  });

  it("has these types in 'rxjs-genstage'", () => {
    expect(exportedTypes('src/index.ts')).toMatchInlineSnapshot(`
      [
        "AsyncSource",
        "Batch",
        "BatchAnswer",
        "BatchContext",
        "BatchOptions",
        "BufferOptions",
        "CancelKind",
        "CancelMode",
        "ChildContext",
        "ChildCrash",
        "Consumer",
        "ConsumerRef",
        "ConsumerSubscription",
        "ConsumerSupervisorOptions",
        "DemandAnswer",
        "DemandDispatcherOptions",
        "DemandMapOptions",
        "DemandMode",
        "DemandOptions",
        "DemandQueueOptions",
        "DiscardCause",
        "DispatchOptions",
        "Dispatcher",
        "DispatcherFactory",
        "DispatcherHost",
        "EventStream",
        "FromObservableOptions",
        "HeldEvents",
        "InfoOptions",
        "JobContext",
        "KeySerialOptions",
        "MergedSource",
        "OfferResult",
        "Overflow",
        "PartitionName",
        "PartitionOptions",
        "PoolSubscription",
        "Producer",
        "ProducerConsumerOptions",
        "ProducerContext",
        "ProducerOptions",
        "ProducerSubscription",
        "RateLimitOptions",
        "RestartStrategy",
        "ResultOf",
        "RunningSupervisor",
        "Stage",
        "StageOptions",
        "SubscribeOptions",
        "SuperviseOptions",
        "SupervisedChild",
        "SupervisedConsumer",
        "WorkerCrash",
      ]
    `);
  });

  it("has these values in 'rxjs-genstage/testing'", () => {
    expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
      [
        "RecordedQueue",
        "dispatcherConformance",
        "marbles",
      ]
    `);
  });

  it("has these types in 'rxjs-genstage/testing'", () => {
    expect(exportedTypes('src/testing/index.ts')).toMatchInlineSnapshot(`
      [
        "AssertDeepEqual",
        "DemandExpectation",
        "DispatcherConformanceOptions",
        "MarbleHelpers",
        "TestRunner",
      ]
    `);
  });

  it("has these values in 'rxjs-genstage/engine'", () => {
    expect(Object.keys(engine).sort()).toMatchInlineSnapshot(`
      [
        "BroadcastDispatcher",
        "ConsumerSupervisor",
        "DemandDispatcher",
        "FairDispatcher",
        "KeySerialDispatcher",
        "NOTHING",
        "PartitionDispatcher",
        "Stage",
        "SubscriptionRefused",
        "isOrderly",
      ]
    `);
  });

  it("has these types in 'rxjs-genstage/engine'", () => {
    expect(exportedTypes('src/engine/index.ts')).toMatchInlineSnapshot(`
      [
        "Answer",
        "BroadcastDispatcherOptions",
        "BufferOptions",
        "CancelKind",
        "CancelMode",
        "Child",
        "ConsumerEnd",
        "ConsumerRef",
        "ConsumerSupervisorOptions",
        "DemandDispatcherOptions",
        "DemandOptions",
        "DiscardCause",
        "DispatchOptions",
        "Dispatcher",
        "DispatcherFactory",
        "DispatcherHost",
        "HeldEvents",
        "KeySerialOptions",
        "PartitionName",
        "PartitionOptions",
        "ProducerStage",
        "Reason",
        "RestartIntensity",
        "StageCallbacks",
        "StageOptions",
        "StageType",
        "StartChild",
        "Subscription",
        "SubscriptionOptions",
        "SupervisorReport",
      ]
    `);
  });
});

describe('The files of the repository', () => {
  it('include a lock file that names no registry', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });

  it("name no folder of anyone's machine", () => {
    const absolute = /(?<![\w.~-])\/(?:home|Users|root|work|workspace|private|mnt)\//;
    const named = filesIn('.').flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) => (absolute.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    );
    expect(named).toEqual([]);
  });
});

/** The names that a module exports as types only, sorted. */
function exportedTypes(path: string): string[] {
  const { statements } = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest);
  return statements
    .flatMap((statement) => {
      if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
        const exported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
        return exported ? [statement.name.text] : [];
      }
      if (!ts.isExportDeclaration(statement)) return [];
      const { exportClause, isTypeOnly } = statement;
      if (!exportClause || !ts.isNamedExports(exportClause)) return [];
      return exportClause.elements
        .filter((name) => isTypeOnly || name.isTypeOnly)
        .map(({ name }) => name.text);
    })
    .sort();
}
