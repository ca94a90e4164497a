import kafkajs from 'kafkajs';
import { kafkajsAccess, type Access } from '../access.js';
import type { Mix } from '../mixed-records.js';

// The numbers of the protocol are not among what Node finds by name in a CommonJS module.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

/** Four times what a topic takes unless told otherwise. */
const raisedLimitBytes = 4 * 1024 * 1024;

/** Takes the causes away, as an operator would: the topics take large records, and the service may write to every one of them. */
export async function cure(admin: Access, mixes: readonly Mix[], username: string): Promise<void> {
  const kafka = new Kafka({ ...kafkajsAccess(admin), clientId: 'demo-admin', logLevel: logLevel.NOTHING });
  const client = kafka.admin();
  await client.connect();
  try {
    await client.alterConfigs({
      validateOnly: false,
      resources: mixes.map(({ topic }) => ({
        type: ConfigResourceTypes.TOPIC,
        name: topic,
        configEntries: [{ name: 'max.message.bytes', value: String(raisedLimitBytes) }],
      })),
    });
    await client.createAcls({
      acl: mixes.map(({ forbiddenTopic }) => ({
        resourceType: AclResourceTypes.TOPIC,
        resourceName: forbiddenTopic,
        resourcePatternType: ResourcePatternTypes.LITERAL,
        principal: `User:${username}`,
        host: '*',
        operation: AclOperationTypes.WRITE,
        permissionType: AclPermissionTypes.ALLOW,
      })),
    });
  } finally {
    await client.disconnect();
  }
}
