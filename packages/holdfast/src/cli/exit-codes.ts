/** The exit codes of the command. */
export const exitCodes = {
  ok: { code: 0, means: 'success' },
  failed: { code: 1, means: 'damage was found, or something failed' },
  usage: { code: 2, means: 'the command line is wrong' },
  // A shell reports 128 + the number of the signal that ended a process: 128 + 2, 128 + 15.
  SIGINT: { code: 130, means: 'interrupted' },
  SIGTERM: { code: 143, means: 'terminated' },
} as const;

export const exitCode = (isOk: boolean): number => exitCodes[isOk ? 'ok' : 'failed'].code;
