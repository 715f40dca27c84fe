import { failure, ok, skipped, type Verdict, warning } from '../finding.js';

export type MachineAnswer =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'status'; readonly machine: string; readonly basic: boolean }
  /** Something answered that does not know the secret. */
  | { readonly kind: 'refused'; readonly machine: string; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly machine: string; readonly reason: string };

export function judgePrivateNetwork(template: string, onFly: boolean, answer: MachineAnswer): Verdict {
  switch (answer.kind) {
    case 'nobody':
      return skipped('No machine of ours is started, so there is nobody to ask.');
    case 'status':
      return ok(`Machine ${answer.machine} answers${answer.basic ? ', as a basic server' : ' with its status'}.`);
    case 'refused':
      return failure(
        `Machine ${answer.machine} does not accept us: ${answer.reason}.`,
        'Add the secret with which it was made to CONTROL_PLANE_INTERNAL_SECRET, after the first.',
      );
    case 'unreachable': {
      const found = `Machine ${answer.machine} is not reached at ${template}: ${answer.reason}.`;
      if (onFly) {
        return failure(found, 'Check VALET_MACHINE_URL, and that both apps are in one organisation and network.');
      }
      return warning(
        `${found} What speaks to machines (wake, archive, sweep) does not work from here.`,
        'Connect this computer with "fly wireguard create", or ask "valet serve" with --url.',
      );
    }
  }
}
