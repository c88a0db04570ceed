import { broadcast, demand, fair, keySerial, partition } from '../../src/index.ts';
import { dispatcherConformance } from '../../src/testing/index.ts';

dispatcherConformance('demand()', demand());
dispatcherConformance('demand(), shuffled', demand({ shuffleDemandsOnFirstDispatch: true }));
dispatcherConformance('fair()', fair());
dispatcherConformance('broadcast()', broadcast(), { copies: true });
dispatcherConformance('partition(), by number', partition({ partitions: 4 }), {
  subscription: (place) => ({ partition: place }),
});
dispatcherConformance(
  'partition(), by name',
  partition<number>({ partitions: ['a', 'b'], hash: (n) => [n, n % 3 ? 'a' : 'b'] }),
  {
    places: 2,
    subscription: (place) => ({ partition: place === 0 ? 'a' : 'b' }),
  },
);
describe.each([0, 2, 1000])('With maxHeld %d', (maxHeld) => {
  dispatcherConformance('keySerial()', keySerial<number>({ key: (n) => n % 3, maxHeld }), {
    inOrder: (n) => n % 3,
  });
});
dispatcherConformance(
  'keySerial(), of objects',
  keySerial<{ readonly key: number }>({ key: ({ key }) => key }),
  {
    event: (index) => ({ key: index % 2 }),
    inOrder: ({ key }) => key,
  },
);
