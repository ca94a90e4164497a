import { Kafka, logLevel, type Admin } from 'kafkajs';

/** The case's topic, seen from outside both sides: an admin client counts its records. */
export class BenchTopic {
  private constructor(
    private readonly admin: Admin,
    private readonly name: string,
  ) {}

  static async open(brokers: readonly string[], name: string): Promise<BenchTopic> {
    const admin = new Kafka({
      clientId: 'bench-admin',
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
    }).admin();
    await admin.connect();
    return new BenchTopic(admin, name);
  }

  /** Returns the number of records written so far: the sum of the partitions' end offsets. */
  async written(): Promise<number> {
    const partitions = await this.admin.fetchTopicOffsets(this.name);
    return partitions.reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** The mock cluster cannot delete a topic; the topic ends with the cluster. */
  async remove(): Promise<void> {
    await this.admin.deleteTopics({ topics: [this.name] }).catch(() => undefined);
    await this.admin.disconnect();
  }
}
