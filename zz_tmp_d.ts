import { Stage, PartitionDispatcher } from './src/engine/index.ts';
const N = 4_000_000, B = 1000;
const batches = Array.from({ length: 16 }, (_, i) => Array.from({ length: B }, (_, j) => i * B + j));
let sum = 0;
const use = (events: readonly number[]) => { for (let i = 0; i < events.length; i++) sum += events[i]!; };
const hash = (n: number) => [n, n & 3] as const;
const handP = (n: number) => { for (let i = 0; i < n / B; i++) {
  const out: number[][] = [[], [], [], []];
  for (const e of batches[i % 16]!) { const [x, p] = hash(e); out[p]!.push(x); }
  for (let c = 0; c < 4; c++) use(out[c]!);
} };
function alone(ask: number) {
  const d = new PartitionDispatcher<number>({ partitions: 4, hash }, {} as never);
  const cs = [0, 1, 2, 3].map((partition) => ({ consumer: {}, options: { partition }, send: use }));
  for (const c of cs) { d.subscribe(c); d.ask(c, ask); }
  return (n: number) => { for (let i = 0; i < n / B; i++) { d.dispatch(batches[i % 16]!); if (ask < Infinity) for (const c of cs) d.ask(c, 250); } };
}
function stage(ask: number) {
  const q = new Stage<never, number>('producer', {}, { dispatcher: (h) => new PartitionDispatcher({ partitions: 4, hash }, h), bufferSize: Infinity });
  for (let c = 0; c < 4; c++) {
    const link = q.attach({ receive: (events, s) => { use(events); if (ask < Infinity) s.ask(events.length); }, ended() {} }, { partition: c });
    link.ask(ask);
  }
  return (n: number) => { for (let i = 0; i < n / B; i++) q.emit(batches[i % 16]!); };
}
function rate(f: (n: number) => void) { const t = performance.now(); f(N); return N / (performance.now() - t) / 1000; }
const cases: Record<string, (n: number) => void> = { hand: handP, 'alone': alone(1000), 'alone Inf': alone(Infinity), stage: stage(1000), 'stage inf': stage(Infinity) };
for (let r = 0; r < 6; r++) console.log(Object.entries(cases).map(([k, f]) => `${k} ${rate(f).toFixed(1)}M/s`).join('  '));
