/** What the command ends with. */
export const exitCodes = {
  ok: { code: 0, means: 'all is well' },
  failed: { code: 1, means: 'damage was found, or something failed' },
  usage: { code: 2, means: 'what was typed makes no sense' },
  // As a shell says of a process that the signal ended: 128 + 2, 128 + 15.
  SIGINT: { code: 130, means: 'interrupted' },
  SIGTERM: { code: 143, means: 'terminated' },
} as const;

export const verdict = (isWell: boolean): number => exitCodes[isWell ? 'ok' : 'failed'].code;
