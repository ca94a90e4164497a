import type { Clock } from '@holdfast/core/stage';
import type { Broker } from '../cluster/broker.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Settings } from '../options.js';
import { ProduceRequest } from './produce-request.js';
import type { RecordBatch } from './record-batch.js';
import { RequestQueue, type RequestQueueListener } from './request-queue.js';

/**
 * Puts batches into requests to the leaders of their partitions, and the requests into one queue
 * for each broker.
 */
export class RequestRouter {
  private readonly queues = new Map<Broker, RequestQueue>();

  constructor(
    private readonly cluster: Cluster,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly listener: RequestQueueListener,
  ) {}

  /** Sends `batches`, in their order. Returns those whose partition has no leader at the moment. */
  dispatch(batches: readonly RecordBatch[]): RecordBatch[] {
    const { cluster } = this;
    const open = new Map<RequestQueue, ProduceRequest>();
    const leaderless: RecordBatch[] = [];
    for (const batch of batches) {
      const { topic, partition } = batch;
      // Also a topic whose only batch is sent again and again is in use.
      cluster.metadata.markUsed(topic, this.clock.now());
      const leader = cluster.leader(topic, partition);
      if (leader === undefined) {
        leaderless.push(batch);
        continue;
      }
      const queue = this.queueTo(leader);
      let request = open.get(queue);
      if (request?.add(batch)) continue;
      if (request !== undefined) queue.push(request);
      request = new ProduceRequest(this.settings);
      request.add(batch);
      open.set(queue, request);
    }
    for (const [queue, request] of open) {
      queue.push(request);
      cluster.refreshIfDoubtful(queue.broker);
    }
    return leaderless;
  }

  /**
   * Removes and returns the batches that have not been sent, and drops the queues to brokers that
   * have left.
   */
  takeWaiting(): RecordBatch[] {
    const waiting: RecordBatch[] = [];
    for (const [broker, queue] of this.queues) {
      for (const request of queue.takeWaiting()) waiting.push(...request.batches());
      if (!this.cluster.has(broker)) this.queues.delete(broker);
    }
    return waiting;
  }

  private queueTo(broker: Broker): RequestQueue {
    let queue = this.queues.get(broker);
    if (queue === undefined) {
      const { clock, listener } = this;
      queue = new RequestQueue(broker, { clock, listener, maxInFlight: this.settings.maxInFlight });
      this.queues.set(broker, queue);
    }
    return queue;
  }
}
