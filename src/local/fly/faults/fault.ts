import type { FlyCall } from '../calls.js';
import type { CatalogueId } from '../catalogue.js';

/** What goes wrong with a call. */
export type FaultEffect =
  | {
      readonly kind: 'refuse';
      /** The HTTP status. */
      readonly status: number;
      readonly error: string;
      /** The `status` in the body, as `insufficient_capacity`. */
      readonly bodyStatus?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Does what was asked first, so that the refusal is a lie: a create that answers 408 and yet succeeds. */
      readonly afterActing?: boolean;
    }
  | {
      readonly kind: 'refuse';
      /** A refusal of Fly's by name; its text is filled in from the request. */
      readonly row: CatalogueId;
      readonly headers?: Readonly<Record<string, string>>;
      readonly afterActing?: boolean;
    }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Acts, then cuts the connection instead of answering. */
  | { readonly kind: 'lose_answer' }
  /** Cuts the connection and does nothing. */
  | { readonly kind: 'drop' }
  /** Never answers while the fault is there; then goes on as if nothing had been. */
  | { readonly kind: 'hang' }
  /** Does nothing and answers with a page of HTML, as a proxy in between does. */
  | { readonly kind: 'garbage' /** 502 by default. */; readonly status?: number }
  /** Acts and answers half of the JSON; with `cut` the whole is announced and the connection ends. */
  | { readonly kind: 'truncated'; readonly cut?: boolean }
  /** Lists only: nothing is there. */
  | { readonly kind: 'list_empty' }
  /** Lists of machines and volumes only: as things were when the fault was added. */
  | { readonly kind: 'list_stale' }
  /**
   * With a target: calls that read do not know it, and lists leave it out. On a create: what it makes is not known
   * afterwards. For `forMs`, or while the fault is there.
   */
  | { readonly kind: 'forget'; readonly forMs?: number };

interface Reach {
  /** How many it hits before it is used up; `Infinity` for until it is removed. */
  readonly times: number;
  /** Only this machine or volume. */
  readonly target?: string;
  readonly app?: string;
}

export type CallFault = FaultEffect & Reach & { readonly call: FlyCall | '*' };

export const passingStates = [
  'created',
  'starting',
  'stopping',
  'suspending',
  'restarting',
  'updating',
  'replacing',
  'destroying',
] as const;

/**
 * The next machines that come to a passing state stay in it until the fault is removed or somebody destroys them by
 * force. `created` is the part of it in which a start is refused.
 */
export type StuckFault = Reach & { readonly kind: 'stuck'; readonly state: (typeof passingStates)[number] };

/** What goes wrong, and where. */
export type Fault = CallFault | StuckFault;
