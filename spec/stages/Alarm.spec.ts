import { VirtualTimeScheduler } from 'rxjs';
import { Alarm } from '../../src/stages/Alarm.ts';
import { SteadyClock } from '../../src/stages/SteadyClock.ts';

/** An alarm that writes down when it rings. */
function newAlarm() {
  const scheduler = new VirtualTimeScheduler();
  const rings: number[] = [];
  const alarm = new Alarm(new SteadyClock(scheduler), () => rings.push(scheduler.now()));
  const open = () => scheduler.actions.filter(({ closed }) => !closed).length;
  return { alarm, rings, scheduler, open };
}

describe('Alarm', () => {
  it('rings once, at its time', () => {
    const { alarm, rings, scheduler } = newAlarm();
    alarm.set(5);
    scheduler.flush();
    expect(rings).toEqual([5]);
  });

  it('rings at the time that it was set to last, and never if that is Infinity', () => {
    const { alarm, rings, scheduler, open } = newAlarm();
    alarm.set(5);
    alarm.set(3);
    alarm.set(8);
    expect(open()).toBe(1);
    scheduler.schedule(() => alarm.set(Infinity), 9);
    scheduler.flush();
    expect(rings).toEqual([8]);
    alarm.set(20);
    alarm.set(Infinity);
    expect(open()).toBe(0);
    scheduler.flush();
    expect(rings).toEqual([8]);
  });

  it('is not set anew to the time that it is set to', () => {
    const { alarm, scheduler } = newAlarm();
    alarm.set(5);
    const [action] = scheduler.actions;
    alarm.set(5);
    expect(scheduler.actions).toEqual([action]);
  });

  it('can be set when it rings, to the same time too', () => {
    const { rings, scheduler } = newAlarm();
    let left = 2;
    const again: Alarm = new Alarm(new SteadyClock(scheduler), () => {
      rings.push(scheduler.now());
      if (left-- > 0) again.set(5);
    });
    again.set(5);
    scheduler.flush();
    expect(rings).toEqual([5, 5, 5]);
  });

  it('rings at once if its time is over', () => {
    const { alarm, rings, scheduler } = newAlarm();
    scheduler.schedule(() => alarm.set(2), 4);
    scheduler.flush();
    expect(rings).toEqual([4]);
  });

  it('rings early, rather than at once, where timers cannot wait so long', () => {
    const { alarm, rings, scheduler } = newAlarm();
    alarm.set(2 ** 40);
    scheduler.flush();
    expect(rings).toEqual([2 ** 31 - 1]);
  });
});

describe('SteadyClock', () => {
  it('goes with the clock of its scheduler, but never back', () => {
    let time = 100;
    const scheduler = Object.assign(new VirtualTimeScheduler(), { now: () => time });
    const clock = new SteadyClock(scheduler);
    const times = [100, 105, 45, 50, 40, 41, 200].map((next) => {
      time = next;
      return clock.now();
    });
    expect(times).toEqual([100, 105, 105, 110, 110, 111, 270]);
  });
});
