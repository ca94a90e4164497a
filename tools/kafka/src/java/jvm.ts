import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KafkaInstall } from './install.js';
import { logFile, propertiesFile } from './layout.js';

/** Flags that make a JVM start fast and stay small. */
const SMALL_JVM = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

/**
 * Logs to the file that the system property `holdfast.log` names; rolls over, so that no disk fills
 * up.
 */
export const LOG4J = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <RollingFile name="file" fileName="\${sys:holdfast.log}" filePattern="\${sys:holdfast.log}.%i">
      <PatternLayout pattern="%d %p [%t] %m (%c{1})%n"/>
      <SizeBasedTriggeringPolicy size="20 MB"/>
      <DefaultRolloverStrategy max="1"/>
    </RollingFile>
  </Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="file"/></Root></Loggers>
</Configuration>
`;

export function log4jFile(directory: string): string {
  return join(directory, 'log4j2.xml');
}

/** Returns the arguments of `java` that run one of Kafka's main classes. */
export function javaArguments(install: KafkaInstall, directory: string, log: string, main: string): string[] {
  // A JVM that is to write an archive does not start from another one.
  const maps = !install.archives && existsSync(install.archive);
  return [
    ...SMALL_JVM,
    ...(maps ? [`-XX:SharedArchiveFile=${install.archive}`] : []),
    `-Dlog4j2.configurationFile=${pathToFileURL(log4jFile(directory)).href}`,
    `-Dholdfast.log=${log}`,
    '-cp',
    join(install.libs, '*'),
    main,
  ];
}

/** Where a broker writes its classes when it ends, if it should. */
export function newArchive(directory: string, id: number): string {
  return join(directory, `classes-${id}.jsa`);
}

export function brokerArguments(install: KafkaInstall, directory: string, id: number): string[] {
  const dump = install.archives ? [`-XX:ArchiveClassesAtExit=${newArchive(directory, id)}`] : [];
  const kafka = javaArguments(install, directory, logFile(directory, id), 'kafka.Kafka');
  return [...dump, ...kafka, propertiesFile(directory, id)];
}
