import * as ts from 'typescript';
import { filesIn, read } from './support/repository.ts';

const page = 'docs/from-genstage.md';
const text = read(page);

/** What GenStage 1.3 has: functions and callbacks with their arity, options and answers as atoms. */
const genStage = {
  'callbacks of a stage': `init/1 handle_demand/2 handle_subscribe/4 handle_cancel/3 handle_events/3 handle_call/3
    handle_cast/2 handle_info/2 terminate/2 code_change/3 format_status/2 format_discarded/2 child_spec/1`,
  'what callbacks answer': `:ignore {:stop,reason} {:producer,state,options} {:producer_consumer,state,options}
    {:consumer,state,options} {:automatic,state} {:manual,state} {:noreply,events,state} {:reply,reply,events,state}
    {:stop,reason,state} :hibernate`,
  'options of init/1': `:demand :forward :accumulate :buffer_size :infinity :buffer_keep :first :last :dispatcher :subscribe_to`,
  functions: `start_link/3 start/3 sync_info/3 async_info/2 demand/1 demand/2 sync_subscribe/3 sync_resubscribe/4
    async_subscribe/2 async_resubscribe/4 ask/3 cancel/3 call/3 cast/2 reply/2 stop/3 from_enumerable/2 stream/2
    estimate_buffered_count/2`,
  'options of start_link/3 and the names of a stage': `:name :debug :timeout :spawn_opt :hibernate_after {:global,term}
    {:via,module,term} {name,node}`,
  'options of child_spec/1': `:id :start :restart :shutdown`,
  'options of ask/3 and cancel/3': `:noconnect :nosuspend`,
  'options of a subscription': `:to :max_demand :min_demand :cancel :permanent :transient :temporary :partition :selector`,
  'options of from_enumerable/2 and stream/2': `:link :stacktrace :on_cancel :producers`,
  'reasons and errors': `:normal :shutdown {:shutdown,term} {:error,:not_a_consumer} {:error,{:bad_opts,message}} :noproc
    :already_subscribed :unknown_subscription :duplicated_subscription :DOWN`,
  'the message protocol': `:"$gen_producer" :"$gen_consumer"`,
  dispatchers: `GenStage.DemandDispatcher :shuffle_demands_on_first_dispatch GenStage.BroadcastDispatcher
    GenStage.PartitionDispatcher :partitions :hash :none`,
  'GenStage.Dispatcher': `GenStage.Dispatcher init/1 subscribe/3 {:ok,demand,state} {:error,reason} cancel/2 ask/3 dispatch/3
    {:ok,leftover_events,state} info/2`,
  ConsumerSupervisor: `ConsumerSupervisor.start_link/2 start_link/3 ConsumerSupervisor.init/1 ConsumerSupervisor.init/2
    :strategy :one_for_one :max_restarts :max_seconds :registry start_child/2 terminate_child/2 which_children/1
    count_children/1 :specs :active :supervisors :workers`,
  'the children of a ConsumerSupervisor': `:start :restart :shutdown :brutal_kill :type :modules
    :reached_max_restart_intensity :start_error :child_terminated :shutdown_error`,
};

const snippets = new Set(
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, snippet = '']) => snippet.replaceAll(' ', '')),
);

describe('The page for those who know GenStage', () => {
  it.each(Object.entries(genStage))('names %s', (_, names) => {
    expect(names.split(/\s+/).filter((name) => !snippets.has(name))).toEqual([]);
  });

  it('has three cells in every row: GenStage, the RxJS face, the engine', () => {
    const rows = tableRows();
    expect(rows.length).toBeGreaterThan(90);
    expect(rows.filter((cells) => cells.length !== 3)).toEqual([]);
  });

  it('has for every thing of GenStage a counterpart or the reason why there is none', () => {
    const silent = tableRows().filter(([, face = '', engine = '']) =>
      face === '' || face === 'none' ? engine === '' || engine === 'none' : false,
    );
    expect(silent).toEqual([]);
  });

  it('names only counterparts that exist', () => {
    const known = new Set([
      ...exportsOf('src/index.ts'),
      ...exportsOf('src/engine/index.ts'),
      ...exportsOf('src/testing/index.ts'),
      ...members(),
      ...elsewhere,
    ]);
    const unknown = tableRows().flatMap(([, ...counterparts]) =>
      counterparts.flatMap(identifiersIn).filter((name) => !known.has(name)),
    );
    expect([...new Set(unknown)]).toEqual([]);
  });
});

/** RxJS, JavaScript, and the names that the page gives to values. */
const elsewhere = [
  ...['finalize', 'tap'],
  ...[
    'Infinity',
    'RangeError',
    'TypeError',
    'await',
    'console',
    'for',
    'log',
    'new',
    'null',
    'false',
    'subscribe',
    'pipe',
  ],
  ...[
    'MyDispatcher',
    'a',
    'b',
    'callbacks',
    'consumer',
    'context',
    'event',
    'iterable',
    'key',
    'old',
    'options',
    'supervisor',
    'term',
    'type',
  ],
];

function tableRows(): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter(([first]) => first !== 'GenStage' && first !== 'reasons and errors');
}

/** The identifiers in the code of a cell, without those of GenStage and of strings. */
function identifiersIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)]
    .map(([, code = '']) => code.replace(/'[^']*'/g, ''))
    .filter((code) => !/^[:{]|^\w+\/\d$/.test(code))
    .flatMap((code) => code.match(/[A-Za-z_$][\w$]*/g) ?? []);
}

/** The names that a module exports, types included. */
function exportsOf(path: string): string[] {
  const names: string[] = [];
  for (const statement of sourceOf(path).statements) {
    if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    )
      names.push(...statement.exportClause.elements.map(({ name }) => name.text));
  }
  return names;
}

/** What classes and interfaces declare, and the names of parameters. */
function members(): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const isMember =
      ts.isPropertySignature(node) ||
      ts.isMethodSignature(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isGetAccessor(node) ||
      ts.isParameter(node);
    if (isMember && ts.isIdentifier(node.name)) names.push(node.name.text);
    ts.forEachChild(node, visit);
  };
  for (const path of filesIn('src')) visit(sourceOf(path));
  return names;
}

const sourceOf = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022);
