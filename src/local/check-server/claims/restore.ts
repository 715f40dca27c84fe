import type { Claim } from '../claim.js';

export const restoreClaims = {
  'restore.known': {
    group: 'restore',
    level: 'should',
    basic: 'too',
    says: 'Restore of nothing is not answered 404: a server that cannot restore is never archived.',
    rests: 'It must know restore all the same to be archived',
  },
  'restore.brings-back': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'Restore is answered 2xx, and the next archive holds what was restored.',
    rests: 'puts the archive in the place of the',
  },
  'restore.told': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'Status then tells the rows of every table of the archive.',
    rests: 'A status that lacks one of the tables fails the wake too.',
  },
  'restore.once': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'A repeat in the same epoch is answered 2xx, though the object is gone by then.',
    rests: 'Once per epoch: a repeat gives the first answer and changes nothing.',
  },
  'restore.keeps-writes': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'What was written after the restore outlives the repeat.',
    rests: 'Once per epoch: a repeat gives the first answer and changes nothing.',
  },
  'restore.wrong-checksum': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'An object with another SHA-256 is refused with 422.',
    rests: 'the download is not the archive that was asked for',
  },
  'restore.damaged': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'An object with the right SHA-256 that is no database is refused with 422.',
    rests: 'not a sound SQLite database',
  },
  'restore.other-project': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'Another project’s archive is refused with 422.',
    rests: 'the archive is another project’s',
  },
  'restore.broken-download': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'A download that is refused or breaks off is no 2xx, no 404 and no 422, and status still answers.',
    rests: 'A download that fails is no 2xx, no 404 and no 422',
  },
  'restore.leaves-old': {
    group: 'restore',
    level: 'must',
    basic: 'may leave out',
    says: 'A restore that was refused or broke off leaves the database as it was.',
    rests: 'only then puts the archive in the place of the',
  },
} as const satisfies Readonly<Record<string, Claim>>;
