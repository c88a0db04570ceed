import { Stage, BroadcastDispatcher, PartitionDispatcher, FairDispatcher, DemandDispatcher, KeySerialDispatcher } from './src/engine/index.ts';
const N = 4_000_000, B = 1000;
const batches = Array.from({ length: 16 }, (_, i) => Array.from({ length: B }, (_, j) => i * B + j));
let sum = 0;
const use = (events: readonly number[]) => { for (let i = 0; i < events.length; i++) sum += events[i]!; };
function stage(dispatcher: any, names = false, ask = B) {
  const q = new Stage<never, number>('producer', {}, { dispatcher, bufferSize: Infinity });
  for (let c = 0; c < 4; c++) {
    const link = q.attach({ receive: (events, s) => { use(events); s.ask(events.length); }, ended() {} }, names ? { partition: c } : {});
    link.ask(ask);
  }
  return (n: number) => { for (let i = 0; i < n / B; i++) q.emit(batches[i % 16]!); };
}
const hash = (n: number) => [n, n & 3] as const;
const handB = (n: number) => { for (let i = 0; i < n / B; i++) for (let c = 0; c < 4; c++) use(batches[i % 16]!); };
const handP = (n: number) => { for (let i = 0; i < n / B; i++) {
  const out: number[][] = [[], [], [], []];
  for (const e of batches[i % 16]!) { const [x, p] = hash(e); out[p]!.push(x); }
  for (let c = 0; c < 4; c++) use(out[c]!);
} };
const handF = (n: number) => { for (let i = 0; i < n / B; i++) {
  const out: number[][] = [[], [], [], []];
  let c = 0;
  for (const e of batches[i % 16]!) { out[c++ & 3]!.push(e); }
  for (let c = 0; c < 4; c++) use(out[c]!);
} };
function rate(f: (n: number) => void) { const t = performance.now(); f(N); return N / (performance.now() - t) / 1000; }
const cases: Record<string, (n: number) => void> = {

  'partition hand': handP, partition: stage((h: any) => new PartitionDispatcher({ partitions: 4, hash }, h), true),



};
for (let r = 0; r < 4; r++) console.log(Object.entries(cases).map(([k, f]) => `${k} ${rate(f).toFixed(1)}M/s`).join('  '));
// demand 1
{
  const q = new Stage<never, number>('producer', {}, { dispatcher: (h) => new PartitionDispatcher({ partitions: 4, hash }, h), bufferSize: Infinity });
  for (let c = 0; c < 4; c++) q.attach({ receive: (events, s) => { use(events); s.ask(1); }, ended() {} }, { partition: c }).ask(1);
  for (let r = 0; r < 3; r++) { const t = performance.now(); for (let i = 0; i < 200_000; i++) q.emit([i]); console.log('partition demand 1: 200k in', (performance.now() - t).toFixed(0), 'ms'); }
}
