import type { Act } from '../names.js';
import type { Play } from './act.js';
import { cluster } from './cluster.js';
import { deadLetters } from './dead-letters.js';
import { kill } from './kill.js';
import { leader } from './leader.js';
import { pause } from './pause.js';

export const plays: { readonly [act in Act]: Play } = {
  ...{ leader, cluster, pause, kill },
  ways: leader,
  'dead-letters': deadLetters,
};
