import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { KafkaInstall } from './install.js';
import { startKafkaTool } from './tool.js';

it('runs a main class of the jars with its arguments', async () => {
  // A `java` that prints its arguments.
  const install: KafkaInstall = { java: 'echo', javaVersion: 17, libs: '/libs', archive: '/none' };
  const tool = await startKafkaTool('org.apache.Main', ['--topic', 'a b'], () => Promise.resolve(install));
  expect(await text(tool.stdout)).toMatch(/^-Xmx512M .* -cp \/libs\/\* org\.apache\.Main --topic a b\n$/);
});

it('says what is missing', async () => {
  const missing = startKafkaTool('org.apache.Main', [], () => Promise.resolve('no Java: install a JRE'));
  await expect(missing).rejects.toThrow('org.apache.Main cannot run: no Java: install a JRE');
});
