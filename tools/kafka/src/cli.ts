#!/usr/bin/env node
import { main } from './cli/main.js';

process.exitCode = await main(process.argv.slice(2), {
  print: (text) => console.log(text.trimEnd()),
  complain: (text) => console.error(text.trimEnd()),
});
