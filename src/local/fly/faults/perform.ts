import type { Clock } from '../../clock.js';
import type { Outcome } from '../api/outcome.js';
import type { ApiAnswer } from '../api/router.js';
import type { Filling } from '../catalogue.js';
import { FlyRefusal, refusalOf } from '../refusal.js';
import type { CallFault } from './fault.js';
import type { StandingFault } from './standing-fault.js';

/** A call that a fault may hit. */
export interface Attempt {
  /** Does what was asked. @throws FlyRefusal when that is refused */
  readonly act: () => Promise<ApiAnswer>;
  /** What it answers as a list with nothing in it. */
  readonly emptyBody: () => unknown;
  /** What a refusal's text says of the call. */
  readonly filling: Filling;
  readonly clock: Clock;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
}

/** A call that hangs is cut after it, whatever the fault says. */
const maxHangMs = 10 * 60_000;

/** @throws FlyRefusal when the call is refused, by the fault or for real */
export async function performUnder(standing: StandingFault<CallFault>, attempt: Attempt): Promise<Outcome> {
  const { fault } = standing;
  const { act, clock, signal } = attempt;
  switch (fault.kind) {
    case 'refuse':
      if (fault.afterActing === true) await act();
      throw refusalBy(fault, attempt.filling);
    case 'delay':
      await clock.sleep(fault.ms, signal);
      return answered(await act());
    case 'lose_answer':
      // Where even the act is refused, that answer is lost too.
      await act().catch(() => undefined);
      return { kind: 'cut' };
    case 'drop':
      return { kind: 'cut' };
    case 'hang':
      return (await isLetGo(standing, clock, signal)) ? answered(await act()) : { kind: 'cut' };
    case 'garbage':
      return { kind: 'text', status: fault.status ?? 502, contentType: 'text/html', text: gatewayPage };
    case 'truncated':
      return truncated(await act(), fault.cut === true);
    case 'forget':
      return answered(await actAndHide(standing, act));
    case 'list_empty':
      return answered({ status: 200, body: attempt.emptyBody() });
    case 'list_stale':
      return answered(await act());
  }
}

export function answered(answer: ApiAnswer): Outcome {
  return { kind: 'answer', answer };
}

const gatewayPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>\r\n';

function refusalBy(fault: Extract<CallFault, { kind: 'refuse' }>, filling: Filling): FlyRefusal {
  if ('row' in fault) return refusalOf(fault.row, filling, fault.headers);
  return new FlyRefusal(fault.status, fault.error, fault.bodyStatus, fault.headers);
}

async function isLetGo(standing: StandingFault, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const bound = new AbortController();
  const cancel = clock.after(maxHangMs, () => bound.abort());
  try {
    await standing.held(AbortSignal.any([signal, bound.signal]));
    return true;
  } catch {
    return false;
  } finally {
    cancel();
  }
}

function truncated(answer: ApiAnswer, cut: boolean): Outcome {
  if (answer.body === undefined) return answered(answer);
  const whole = JSON.stringify(answer.body);
  const text = whole.slice(0, Math.ceil(whole.length / 2));
  const spoiled = {
    kind: 'text',
    status: answer.status,
    contentType: 'application/json; charset=utf-8',
    text,
  } as const;
  return cut ? { ...spoiled, announcedBytes: Buffer.byteLength(whole) } : spoiled;
}

async function actAndHide(standing: StandingFault, act: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  const answer = await act();
  const { body } = answer;
  if (typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string') standing.hide(body.id);
  return answer;
}
