import type { Claim } from '../claim.js';

/** What is seen of a server before it is anybody's, and by whoever lacks the secret. */
export const arrivalClaims = {
  'status.shape': {
    group: 'status',
    level: 'must',
    basic: 'may leave out',
    says: 'Status is a JSON object with at least one of its marks, and every field has its type.',
    rests: 'at least one of `ready`, `project_id`, `epoch`, `serving`, `quiesced`',
  },
  'status.fresh': {
    group: 'status',
    level: 'must',
    basic: 'may leave out',
    says: 'A server that is nobody’s yet names no project and does not say that it serves.',
    rests: 'Before it is a project’s, `project_id` is null and `serving` is not true.',
  },
  'secrets.missing': {
    group: 'secrets',
    level: 'must',
    basic: 'too',
    says: 'Every call without a secret is answered 401.',
    rests: 'Answer 401 to anything else',
  },
  'secrets.wrong': {
    group: 'secrets',
    level: 'must',
    basic: 'too',
    says: 'Every call with a wrong secret is answered 401.',
    rests: 'Answer 401 to anything else',
  },
  'secrets.no-trace': {
    group: 'secrets',
    level: 'must',
    basic: 'may leave out',
    says: 'What comes with a wrong secret changes nothing.',
    rests: 'and do nothing',
  },
  'configure.first': {
    group: 'configure',
    level: 'must',
    basic: 'may leave out',
    says: 'Before it is configured it neither archives nor restores.',
    rests: 'no project yet',
  },
} as const satisfies Readonly<Record<string, Claim>>;
