import kafkajs from 'kafkajs';
import { kafkajsAccess, type Access } from '../access.js';
import type { Mix } from '../mixed-records.js';

// Node.js does not detect these constants as named exports of a CommonJS module.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

/** Four times the default limit of a topic. */
const raisedLimitBytes = 4 * 1024 * 1024;

/**
 * Removes the causes, as an operator would: the topics take large records, and the service may
 * write to all of them.
 */
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
