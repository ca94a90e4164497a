import {
  defaultEvery,
  defaultKills,
  defaultOutageSeconds,
  defaultSeconds,
  defaultTimes,
  defaultTroubleSeconds,
  longSeconds,
} from './arguments.js';

export const help = `npm run chaos -- <command> [options]

Real processes with a journal are killed and starved; then what Kafka has is compared with what they were told.

kills        a producer is killed with kill -9, started again on the same journal, killed again, ...; the last start drains
             the journal, and the topic is read back
  --kills <n>                      ${defaultKills} unless given
  --client kafkajs|confluent|both|file
                                   both unless given; file: a file in place of Kafka, which needs no broker
  --acknowledge delivered|journaled  both in turn unless given
  --fsync always|interval|never    mixed unless given
  --brokers 1|3                    3 unless given
  --trouble <seconds>              on the average, a broker is killed or stands still so often; ${defaultTroubleSeconds} unless given, 0: never
  --sabotage                       throws the journal away after every fifth kill, and so has to end with 1
  --seed <n>                       repeats the plan of an earlier run

endurance    records come three times as fast as they go, into a journal with a limit, in a heap of 64 MB
  --seconds <n>                    ${defaultSeconds} unless given
  --long                           ${longSeconds} s
  --client kafkajs|confluent       kafkajs unless given

syscalls     a system call of the journal fails, or kills the process, one after the other
  --with strace|disk               strace where it works, else within the process
  --every <n>                      every nth call only; ${defaultEvery} unless given

outages      all brokers are killed at once, under the recommended chain and before it starts, over both clients, with a
             journal and without
  --times <n>                      ${defaultTimes} unless given
  --seconds <n>                    no broker is there for so long; ${defaultOutageSeconds} unless given

  --json                           results as one JSON object a line on stdout, everything else on stderr
  -h, --help                       this text

Exit code: 0 every promise was kept; 1 one was broken; 2 the options are wrong; 3 the run could not be carried out; 130
interrupted.
`;
