import { defaultMetricsPort, defaultRate } from './arguments.js';

export const help = `npm run demo [-- options]

Three real Kafka brokers, a steady stream of records, and side by side a plain client with its default settings and
the same client through Holdfast, while brokers are killed and paused. At the end the topics are read back by an
independent consumer, and a table says what became of every record. Without options: kafkajs, a short form of the
acts leader, cluster, kill and dead-letters, about two minutes.

  --all              every act at full length, over both clients (unless --client or --act narrow it down)
  --client <name>    kafkajs | confluent; may be given twice
  --act <name>       leader   a leader is killed with kill -9 and restarted
                     ways     the same, with one stream for each way to send: synchronous, asynchronous (callback),
                              fire-and-forget
                     cluster  all three brokers are killed with kill -9 and started again 20 s later (short form: 8 s)
                     pause    a broker stands still (SIGSTOP) for longer than the request timeout
                     kill     both services are killed with kill -9 while the cluster is down, and started again
                     dead-letters  records too large and to a forbidden topic, replayed once the cause is gone
                     may be given several times
  --records <n>      records for each chain and act (default: as long as the act takes)
  --rate <n>         records a second for each chain (default ${defaultRate})
  --metrics          each service of Holdfast serves its metrics for Prometheus at http://127.0.0.1:<port>/metrics
  --metrics-port <n> the same, on this port (default ${defaultMetricsPort}); in the act ways, on it and the two behind it
  --json             results as one JSON object a line on stdout, everything else on stderr
  -h, --help         this text

Exit code: 0 Holdfast kept every promise; 1 it lost, reordered or miscounted something; 2 the options are wrong; 3 the
demo could not be carried out; 130 interrupted.
`;
