import type { LogFields, Logger } from '@holdfast/core';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields?: LogFields;
}

export interface RecordingLogger extends Logger {
  /** All lines so far, oldest first. */
  readonly lines: readonly LogLine[];
  /** Returns the lines as text, to search for a word, or for a secret that must not be there. */
  text(): string;
}

/** Creates a logger that keeps its lines and writes nothing. */
export function recordingLogger(): RecordingLogger {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']) =>
    (message: string, fields?: LogFields): void =>
      void lines.push(fields === undefined ? { level, message } : { level, message, fields });
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    text: () =>
      lines
        .map(
          ({ level, message, fields }) =>
            `${level} ${message} ${fields === undefined ? '' : JSON.stringify(fields)}`,
        )
        .join('\n'),
  };
}
