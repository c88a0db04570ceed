import { Mailbox, type MailboxOwner } from '../../src/engine/Mailbox.ts';
import { deferred, quiet } from './support/stages.ts';

const nothing = () => false;
const rethrow = (error: unknown) => {
  throw error;
};

/** The mailbox of somebody who has nothing to do but what is told. */
function mailboxOf(owner: Partial<MailboxOwner>): Mailbox {
  const idle = { advance: nothing, settleDown: nothing, rested: nothing, deliver: nothing };
  return new Mailbox({ ...idle, failed: rethrow, ...owner });
}

/** A mailbox with no work but its mail, and what has happened. */
function mailboxWithLog(): { readonly mailbox: Mailbox; readonly log: string[] } {
  return { mailbox: mailboxOf({}), log: [] };
}

describe('Mailbox', () => {
  it('runs a task at once if nothing runs', () => {
    const { mailbox, log } = mailboxWithLog();
    mailbox.post(() => log.push('a'));
    expect(log).toEqual(['a']);
    expect(mailbox.idle).toBe(true);
  });

  it('runs what is posted by a task after that task, in order', () => {
    const { mailbox, log } = mailboxWithLog();
    mailbox.post(() => {
      mailbox.post(() => {
        log.push('b');
        mailbox.post(() => log.push('d'));
      });
      mailbox.post(() => log.push('c'));
      log.push('a');
      expect(mailbox.idle).toBe(false);
    });
    expect(log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('runs what is put next before the mail', () => {
    const { mailbox, log } = mailboxWithLog();
    mailbox.post(() => {
      mailbox.post(() => log.push('mail'));
      mailbox.next(() => log.push('next 1'));
      mailbox.next(() => log.push('next 2'));
    });
    expect(log).toEqual(['next 1', 'next 2', 'mail']);
  });

  it('is entered once at a time', () => {
    const { mailbox } = mailboxWithLog();
    expect(mailbox.enter()).toBe(true);
    expect(mailbox.enter()).toBe(false);
    mailbox.leave();
    expect(mailbox.enter()).toBe(true);
  });

  it('runs the mail that came between enter and leave, on leaving', () => {
    const { mailbox, log } = mailboxWithLog();
    mailbox.enter();
    mailbox.post(() => log.push('mail'));
    expect(log).toEqual([]);
    mailbox.leave();
    expect(log).toEqual(['mail']);
  });

  it('runs 100,000 tasks that each post the next at one stack depth', () => {
    const { mailbox } = mailboxWithLog();
    let left = 100_000;
    const task = () => {
      if (--left > 0) mailbox.post(task);
    };
    mailbox.post(task);
    expect(left).toBe(0);
  });
});

describe('The work of a mailbox', () => {
  it('is in progress before any mail', () => {
    const log: string[] = [];
    let work = 2;
    const mailbox = mailboxOf({
      advance: () => {
        if (work === 0) return false;
        log.push(`work ${work--}`);
        return true;
      },
    });
    mailbox.enter();
    mailbox.post(() => log.push('mail'));
    mailbox.leave();
    expect(log).toEqual(['work 2', 'work 1', 'mail']);
  });

  it('ends by settling down, once all mail is read, until there is nothing to do', () => {
    const log: string[] = [];
    let left = 2;
    const mailbox: Mailbox = mailboxOf({
      settleDown: () => {
        log.push(`settle ${left}`);
        if (left-- === 2) mailbox.post(() => log.push('late mail'));
        return left > 0;
      },
    });
    mailbox.post(() => log.push('mail'));
    expect(log).toEqual(['mail', 'settle 2', 'late mail', 'settle 1']);
    expect(mailbox.idle).toBe(true);
  });

  it('goes on at a turn', () => {
    let possible = false;
    const log: string[] = [];
    const mailbox = mailboxOf({
      settleDown: () => {
        if (!possible) return false;
        possible = false;
        log.push('settled');
        return true;
      },
    });
    mailbox.turn();
    possible = true;
    mailbox.turn();
    expect(log).toEqual(['settled']);
  });

  it('is not disturbed by a turn while a task runs', () => {
    const { mailbox, log } = mailboxWithLog();
    mailbox.post(() => {
      mailbox.post(() => log.push('mail'));
      mailbox.turn();
      log.push('task');
    });
    expect(log).toEqual(['task', 'mail']);
  });
});

describe('A suspended mailbox', () => {
  it('takes no task until the promise settles', async () => {
    const { mailbox, log } = mailboxWithLog();
    const { promise, resolve } = deferred<string>();
    mailbox.post(() =>
      mailbox.suspend(
        promise,
        (value) => log.push(value),
        () => {},
      ),
    );
    mailbox.post(() => log.push('mail'));
    mailbox.turn();
    await quiet();
    expect(log).toEqual([]);
    expect(mailbox.idle).toBe(false);
    resolve('value');
    await quiet();
    expect(log).toEqual(['value', 'mail']);
    expect(mailbox.idle).toBe(true);
  });

  it('goes on with the error of a promise that rejects', async () => {
    const { mailbox, log } = mailboxWithLog();
    mailbox.post(() =>
      mailbox.suspend(
        Promise.reject(new Error('failed')),
        () => log.push('value'),
        (error) => log.push(String(error)),
      ),
    );
    mailbox.post(() => log.push('mail'));
    await quiet();
    expect(log).toEqual(['Error: failed', 'mail']);
  });

  it('may be suspended again by what goes on', async () => {
    const { mailbox, log } = mailboxWithLog();
    const second = deferred<string>();
    const failed = () => log.push('failed');
    mailbox.post(() =>
      mailbox.suspend(
        Promise.resolve(),
        () => mailbox.suspend(second.promise, (value) => log.push(value), failed),
        failed,
      ),
    );
    mailbox.post(() => log.push('mail'));
    await quiet();
    expect(log).toEqual([]);
    second.resolve('second');
    await quiet();
    expect(log).toEqual(['second', 'mail']);
  });

  it('goes on in the same frame with a thenable that settles in it', () => {
    const { mailbox, log } = mailboxWithLog();
    const thenable = { then: (onValue: (value: string) => void) => onValue('value') };
    mailbox.post(() => {
      mailbox.suspend(
        thenable as unknown as PromiseLike<string>,
        (value) => log.push(value),
        () => {},
      );
    });
    mailbox.post(() => log.push('mail'));
    expect(log).toEqual(['value', 'mail']);
    expect(mailbox.idle).toBe(true);
  });
});

describe('A closed mailbox', () => {
  it('runs nothing that waits, and takes nothing more', () => {
    const { mailbox, log } = mailboxWithLog();
    mailbox.post(() => {
      mailbox.post(() => log.push('mail'));
      mailbox.next(() => log.push('next'));
      mailbox.close();
    });
    mailbox.post(() => log.push('late'));
    expect(mailbox.enter()).toBe(false);
    expect(mailbox.closed).toBe(true);
    expect(log).toEqual([]);
  });

  it('ignores the promise that it was waiting for', async () => {
    const { mailbox, log } = mailboxWithLog();
    const { promise, resolve } = deferred();
    mailbox.post(() => mailbox.suspend(promise, () => log.push('value'), nothing));
    mailbox.close();
    resolve();
    await quiet();
    expect(log).toEqual([]);
  });
});

describe('A task that throws', () => {
  it('is told to whoever has made the mailbox', () => {
    const failures: unknown[] = [];
    const mailbox = mailboxOf({ failed: (error) => void failures.push(error) });
    mailbox.post(() => {
      throw new Error('boom');
    });
    expect(failures).toEqual([new Error('boom')]);
  });
});

describe('Events in the mail', () => {
  const from = {};

  it('are delivered in line with the tasks', () => {
    const log: unknown[] = [];
    const mailbox = mailboxOf({ deliver: ({ events }) => void log.push(events) });
    mailbox.post(() => {
      mailbox.post(() => log.push('before'));
      mailbox.send({ kind: 'events', events: [1], from });
      mailbox.post(() => log.push('after'));
    });
    expect(log).toEqual(['before', [1], 'after']);
  });

  it('can be taken back', () => {
    const mailbox = mailboxOf({});
    const taken: unknown[] = [];
    mailbox.post(() => {
      mailbox.send({ kind: 'events', events: [1], from });
      mailbox.post(() => taken.push('a task'));
      mailbox.send({ kind: 'events', events: [2, 3], from });
      taken.push(...[...mailbox.undelivered()].map(({ events }) => events));
    });
    expect(taken).toEqual([[1], [2, 3]]);
  });
});
