import { randomInt } from 'node:crypto';
import { type ProjectId, parseProjectId } from './project-id.js';

const adjectives =
  'amber brave bright calm clear cosy eager early fair gentle golden happy jolly keen kind lively lucky mellow merry neat nimble polite proud quick quiet ready silver snug steady sunny swift tidy warm wise witty young'.split(
    ' ',
  );
const nouns =
  'acorn badger beacon birch brook cedar cliff comet coral dune falcon fern field finch fjord garden glade harbor heron island lantern maple meadow otter pebble pine prairie raven reef river sparrow stone thicket valley willow wren'.split(
    ' ',
  );

/** A project id that people can say and remember. Not unique: a collision is found by inserting and tried again. */
export function madeUpId(): ProjectId {
  return parseProjectId(`${pick(adjectives)}-${pick(nouns)}-${randomInt(1000, 10_000)}`);
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? 'plain';
}
