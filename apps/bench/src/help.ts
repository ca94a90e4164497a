export const help = `npm run bench [-- options] [part of a name ...]

Measures Holdfast against the same work done without it, in interleaved pairs of runs; every figure is the median over
the pairs. Real Kafka and the mock cluster run in processes of their own, and so does each case. Without options: every
case, about half an hour.

  <part of a name>   only the cases whose name contains it; several are allowed
  --case <part>      the same
  --list             the names of the cases, their goals and what they compare
  --pairs <n>        pairs of runs that count, after a warm-up pair that does not (default 7)
  --records <n>      records in one run (default: about a second's worth)
  --quick            a smoke test: 2 pairs and a twentieth of the records; the figures mean nothing
  --check            exit code 1 when a goal is missed
  --publish          also keeps the figures in apps/bench/figures.jsonl, and makes the README's table and
                     docs/figures/throughput.svg of all that are kept
  --redraw           makes both again, and measures nothing
  --json             results as one JSON object a line on stdout, everything else on stderr
  -h, --help         this text

Without --json a table is printed, and a plot and the figures are written to apps/bench/results/.

Exit code: 0 measured; 1 a goal was missed, with --check; 2 the options are wrong; 3 a case could not be measured.
`;
