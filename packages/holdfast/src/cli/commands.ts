import type { Command } from './arguments/command.js';
import { list } from './dead-letters/list.js';
import { replay as replayLetters } from './dead-letters/replay.js';
import { exportAll } from './journal/export.js';
import { inspect } from './journal/inspect.js';
import { replay as replayJournal } from './journal/replay.js';
import { verify } from './journal/verify.js';

export const commands: readonly Command[] = [inspect, verify, exportAll, replayJournal, list, replayLetters];
